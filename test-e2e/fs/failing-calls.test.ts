import { expect, test } from 'vitest';
import { rounds } from '../support/rounds.js';
import { Strace, type TracedCall } from '../support/strace.js';
import { callsOf, describeCall, type Operation, prepare } from './each-call.js';
import { assertWhole, numberedState } from './workers/state.js';

const errors: Record<string, string> = {
  ENOSPC: 'UNAVAILABLE',
  EIO: 'UNAVAILABLE',
  EMFILE: 'UNAVAILABLE',
  EROFS: 'UNAVAILABLE',
  EACCES: 'PERMISSION_DENIED',
  EDQUOT: 'UNAVAILABLE',
};
const injected = Object.keys(errors).slice(0, rounds(2, 6));

test.each<Operation>(['create', 'overwrite', 'destroy'])(
  '%s, with each call failing in turn: a clear error and the old state, or success',
  { timeout: 300_000 },
  async (operation) => {
    for (const call of await callsOf(operation)) {
      for (const errno of injected) await failAt(operation, call, `error=${errno}`, errors[errno] ?? '');
    }
  },
);

test('a short write is a failed write', async () => {
  const write = (await callsOf('overwrite')).find(({ name }) => name === 'writev');
  if (write === undefined) throw new Error('no document was written');
  expect(await failAt('overwrite', write, 'retval=10', 'UNAVAILABLE')).toMatch(/only \d+ of \d+ bytes were written/);
});

/** What the worker answered. */
async function failAt(operation: Operation, call: TracedCall, fault: string, code: string): Promise<string> {
  const { store, worker, command } = await prepare(operation);
  const strace = await Strace.attach(worker.pid, [call.name], `${call.name}:${fault}:when=${call.count}`);
  try {
    worker.send(command);
    const answer = await Promise.race([worker.line('done'), worker.line('failed')]);
    const where = `${fault} at ${describeCall(call)}: ${answer}`;
    const after = await store.find('box');
    if (after !== undefined) assertWhole(after);
    const [old, changed] = operation === 'create' ? [undefined, 2] : [1, operation === 'destroy' ? undefined : 2];
    if (answer.startsWith('done')) expect(after?.sandbox.n, where).toBe(changed);
    else if (!answer.startsWith('failed OUTCOME_UNKNOWN')) {
      expect(answer, where).toContain(`failed ${code}`);
      expect(after?.sandbox.n, where).toBe(old);
    }
    await strace.end();
    const next = worker.lines.length;
    worker.send('save 5');
    await worker.line('done', next);
    expect((await store.load('box')).sandbox.n, where).toBe(5);
    await store.save('box', numberedState(6, 100));
    return answer;
  } finally {
    await strace.end();
    await worker.kill();
  }
}
