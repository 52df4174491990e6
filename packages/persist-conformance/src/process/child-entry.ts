import { isPersistError, type PersistDriver } from '@sandkeep/persist-api';
import { shiftClock } from './clock.js';
import type { FromChild, OpenMessage, ToChild } from './messages.js';
import { TaskRunner } from './tasks.js';

/** The program of a child process: opens one instance, then runs the tasks that its parent names. */
let runner: Promise<TaskRunner> | undefined;

process.on('disconnect', exit);
// Ctrl-C reaches every process of a terminal: the parent decides, and its end is this one's.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('message', (message: ToChild) => {
  if (message.type === 'open') {
    runner = open(message);
    answer(
      0,
      runner.then(() => undefined),
    );
  } else {
    const { call, task, input } = message;
    const emit = (event: unknown) => send({ type: 'event', call, event });
    answer(call, (async () => (await runner)?.run(task, input, emit))());
  }
});

async function open({ opener, clockOffsetMs, umask }: OpenMessage): Promise<TaskRunner> {
  if (clockOffsetMs !== 0) shiftClock(clockOffsetMs);
  if (umask !== undefined) process.umask(umask);
  const module: { open?: (config: unknown) => Promise<PersistDriver> } = await import(opener.module);
  if (typeof module.open !== 'function') throw new Error(`${opener.module} exports no function called "open"`);
  return new TaskRunner(await module.open(opener.config), letGo);
}

function answer(call: number, result: Promise<unknown>): void {
  result.then(
    (value) => void send({ type: 'done', call, result: value }),
    (error: unknown) => {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      const code = isPersistError(error) ? error.code : undefined;
      void send({ type: 'failed', call, error: { code, message, stack } });
    },
  );
}

/** Resolves once the message is on its way, or there is nobody to send it to. */
function send(message: FromChild): Promise<void> {
  if (!process.connected) return Promise.resolve();
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

/** Cuts the tie to the parent, so that only the instance can keep this process alive. */
function letGo(): void {
  process.off('disconnect', exit);
  process.disconnect();
}

function exit(): never {
  process.exit();
}
