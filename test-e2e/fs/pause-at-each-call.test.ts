import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isPersistError, type SandboxStore } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { fileCalls, Strace, type TracedCall } from '../support/strace.js';
import { callsOf, describeCall, type Operation, prepare } from './each-call.js';
import { assertWhole, numberedState } from './workers/state.js';

const operations: Operation[] = ['create', 'conditional overwrite', 'conditional destroy'];

test.each(operations)(
  '%s, stopped after each call in turn while another saves: exactly one wins',
  { timeout: 180_000 },
  async (operation) => {
    for (const call of await callsOf(operation)) {
      await overtake(operation, call, `${call.name}:signal=STOP:when=${call.count}`, async (worker, strace) => {
        await strace.logged('stopped by SIGSTOP');
        return () => worker.signal('SIGCONT');
      });
    }
  },
);

test.each(operations)(
  '%s, held before each rename while another saves: exactly one wins',
  { timeout: 180_000 },
  async (operation) => {
    const renames = (await callsOf(operation)).filter(({ name }) => name === 'rename');
    expect(renames.length).toBeGreaterThan(1);
    for (const call of renames) {
      await overtake(operation, call, `rename:delay_enter=2500000:when=${call.count}`, async (worker) => {
        await inCall(worker.pid, 82);
        return () => {};
      });
    }
  },
);

type Prepared = Awaited<ReturnType<typeof prepare>>;

type Hold = (worker: Prepared['worker'], strace: Strace) => Promise<() => void>;

/** Holds the worker at `call`, saves meanwhile, lets it go on, and looks who won. */
async function overtake(operation: Operation, call: TracedCall, inject: string, hold: Hold): Promise<void> {
  // On a machine that stands still for seconds, the worker may have gone on before that was noticed.
  for (let missed = 0; !(await tryToOvertake(operation, call, inject, hold)); missed += 1) {
    expect(missed, `${describeCall(call)}: the worker was not seen to be held`).toBeLessThan(3);
  }
}

/** @returns whether the worker was held */
async function tryToOvertake(operation: Operation, call: TracedCall, inject: string, hold: Hold): Promise<boolean> {
  const { store, worker, command, before } = await prepare(operation);
  const strace = await Strace.attach(worker.pid, fileCalls, inject);
  try {
    worker.send(command);
    const ended = Promise.race([worker.line('done'), worker.line('failed')]);
    const go = await Promise.race([hold(worker, strace), ended.then(() => undefined)]);
    if (go === undefined) return false;
    const overtaker = await tryToSave(store, before);
    go();
    const [outcome, detail] = (await ended).split(' ');
    const where = `at ${describeCall(call)}: the overtaker ${overtaker}, the other ${outcome} ${detail}`;
    expect([overtaker, outcome].sort(), where).toEqual(
      overtaker === 'saved' ? ['failed', 'saved'] : ['conflict', 'done'],
    );
    if (outcome === 'failed') expect(detail, where).toBe('CONFLICT');
    const after = await store.find('box');
    if (after !== undefined) assertWhole(after);
    const expected = overtaker === 'saved' ? 7 : operation === 'conditional destroy' ? undefined : 2;
    expect(after?.sandbox.n, where).toBe(expected);
    return true;
  } finally {
    await strace.end();
    await worker.kill();
  }
}

async function tryToSave(store: SandboxStore, revision: string | undefined): Promise<'saved' | 'conflict'> {
  try {
    await store.save('box', numberedState(7, 300), { ifRevision: revision ?? 'absent' });
    return 'saved';
  } catch (error) {
    if (isPersistError(error, 'CONFLICT')) return 'conflict';
    throw error;
  }
}

/** Resolves once the main thread of the process has been in this system call for a while. */
async function inCall(pid: number, number: number): Promise<void> {
  for (let seen = 0; seen < 4; ) {
    seen = readFileSync(`/proc/${pid}/syscall`, 'utf8').startsWith(`${number} `) ? seen + 1 : 0;
    await delay(15);
  }
}
