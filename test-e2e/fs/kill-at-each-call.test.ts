import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { expect, test } from 'vitest';
import { Strace, type TracedCall } from '../support/strace.js';
import { toArray } from '../support/to-array.js';
import { callsOf, describeCall, type Operation, prepare } from './each-call.js';
import { assertWhole, numberedState } from './workers/state.js';

/** In memory nothing is flushed, and a document is written where it is staged. */
const inMemory = ['/dev/shm'].filter(existsSync);
const runs = (['create', 'overwrite', 'destroy'] as const).flatMap((operation) =>
  [tmpdir(), ...(operation === 'destroy' ? [] : inMemory)].map((base) => [operation, base] as const),
);

test.each(runs)(
  '%s in %s, killed at each call in turn: old or new, never between',
  { timeout: 180_000 },
  async (operation, base) => {
    const calls = await callsOf(operation, base);
    expect(calls.length).toBeGreaterThan(inMemory.includes(base) ? 6 : 7);
    for (const call of calls) await killAt(operation, base, call);
  },
);

async function killAt(operation: Operation, base: string, call: TracedCall): Promise<void> {
  const { root, store, worker, command, before } = await prepare(operation, base);
  const strace = await Strace.attach(worker.pid, [call.name], `${call.name}:signal=KILL:when=${call.count}`);
  worker.send(command);
  await worker.exited();
  await strace.end();
  const where = `killed at ${describeCall(call)}`;

  const after = await store.find('box');
  if (after !== undefined) assertWhole(after);
  const numbers = operation === 'create' ? [undefined, 2] : operation === 'destroy' ? [1, undefined] : [1, 2];
  expect(numbers, where).toContain(after?.sandbox.n);
  if (worker.lines.some((line) => line.startsWith('done'))) expect(after?.revision, where).not.toBe(before);
  expect(await toArray(store.list()), where).toEqual(after === undefined ? ['neighbour'] : ['box', 'neighbour']);

  const successor = new SandboxStore(await openFsDriver({ root }));
  expect(readdirSync(join(root, '.sandkeep/staged')), where).toEqual([]);
  expect(readdirSync(join(root, '.sandkeep/slots')), where).toEqual([]);
  await successor.save('box', numberedState(3, 100), { ifRevision: after?.revision ?? 'absent' });
  expect((await store.load('box')).sandbox.n, where).toBe(3);
}
