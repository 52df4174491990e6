import { SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { onTestFinished } from 'vitest';
import { fileCalls, Strace, type TracedCall } from '../support/strace.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';
import { numberedState } from './workers/state.js';

/** What the worker is told; `%` stands for the revision that it found. */
export const operations = {
  create: 'save 2 absent',
  overwrite: 'save 2',
  'conditional overwrite': 'save 2 %',
  destroy: 'destroy',
  'conditional destroy': 'destroy %',
} as const;
export type Operation = keyof typeof operations;

/**
 * A store with one sandbox (unless the operation creates it), and a worker that is ready to change it.
 * @param base where the store is made
 */
export async function prepare(operation: Operation, base?: string) {
  const root = temporaryDirectory(base);
  const driver = await openFsDriver({ root });
  onTestFinished(() => driver.close());
  const store = new SandboxStore(driver);
  await store.save('neighbour', numberedState(1, 100));
  const before = operation === 'create' ? undefined : await store.save('box', numberedState(1, 2000));
  const worker = new Worker(import.meta.url, 'workers/one-call.js', [root], { UV_THREADPOOL_SIZE: '1' });
  await worker.line('ready');
  const command = operations[operation].replace('%', before ?? 'absent');
  return { root, store, before, worker, command };
}

/** The calls of one operation that concern the store, by running it once. */
export async function callsOf(operation: Operation, base?: string): Promise<TracedCall[]> {
  const { root, worker, command } = await prepare(operation, base);
  const strace = await Strace.attach(worker.pid, fileCalls);
  try {
    worker.send(command);
    await worker.line('done');
    return strace.calls().filter(({ text }) => text.includes(root));
  } finally {
    await strace.end();
    await worker.kill();
  }
}

/** `3rd rename("…")` for the name of a test or a message. */
export function describeCall({ name, count, text }: TracedCall): string {
  return `${name} ${count}: ${text.replace(/[^"<]*\/(?=[^/"<>]*["<>])/g, '…/').slice(0, 100)}`;
}
