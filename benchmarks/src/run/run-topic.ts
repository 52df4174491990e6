import { loadavg } from 'node:os';
import { describeMachine } from '../measure/machine.js';
import type { Result } from './results.js';
import type { Topic, TopicOptions } from './topic.js';

export interface RunOptions extends TopicOptions {
  /** Only sections whose id contains one of these, segment by segment: `save`, `tmpfs`, `fs/tmpfs/save`. */
  readonly only: readonly string[] | undefined;
}

/** Runs the sections of a topic one after another. */
export async function* runTopic(name: string, topic: Topic, options: RunOptions): AsyncGenerator<Result> {
  const { only } = options;
  const machine = describeMachine();
  const date = new Date().toISOString().slice(0, 10);
  const command = `npm run bench -- ${name}`;
  try {
    for (const { id, run } of topic.sections(options)) {
      if (only !== undefined && !only.some((part) => `/${id}/`.includes(`/${part}/`))) continue;
      const { title, unit, measurements } = await run();
      const [load = 0] = loadavg();
      yield { id, title, unit, command: `${command} --only ${id}`, machine, date, load, measurements };
    }
  } finally {
    await topic.close?.();
  }
}
