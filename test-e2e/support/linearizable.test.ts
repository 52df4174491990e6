import { memoryDriver } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { type Call, describeCalls, isLinearizable } from './linearizable.js';
import { randomCalls } from './random-calls.js';
import { type Documents, RecordedDocument } from './recorded-document.js';
import { seededRandom } from './seeded-random.js';

const found = (value: string | null) => ({ type: 'found', value }) as const;
const read = (begun: number, ended: number, value: string | null): Call => ({
  operation: 'read',
  begun,
  ended,
  result: found(value),
});
const write = (begun: number, ended: number, value: string, more: Partial<Call> = {}): Call => ({
  operation: 'write',
  begun,
  ended,
  value,
  result: { type: 'written' },
  ...more,
});
const remove = (begun: number, ended: number, wasThere: boolean, more: Partial<Call> = {}): Call => ({
  operation: 'remove',
  begun,
  ended,
  result: { type: 'removed', wasThere },
  ...more,
});

test('calls in a row, and calls that overlap', () => {
  expect(isLinearizable([])).toBe(true);
  expect(isLinearizable([write(0, 1, 'a'), read(2, 3, 'a'), remove(4, 5, true), read(6, 7, null)])).toBe(true);
  expect(isLinearizable([write(0, 9, 'a'), read(1, 2, null), read(3, 4, 'a')])).toBe(true);
  expect(isLinearizable([write(0, 9, 'a'), write(0, 9, 'b'), read(10, 11, 'a')])).toBe(true);
});

test.each<[string, Call[]]>([
  ['a lost write', [write(0, 1, 'a'), read(2, 3, null)]],
  ['a read of the future', [read(0, 1, 'a'), write(2, 3, 'a')]],
  ['an old value', [write(0, 1, 'a'), write(2, 3, 'b'), read(4, 5, 'a')]],
  ['a write that vanished with a removal before it', [remove(0, 1, false), write(2, 3, 'a'), read(4, 5, null)]],
  ['two creators that both won', [write(0, 9, 'a', { expect: null }), write(0, 9, 'b', { expect: null })]],
  [
    'two removers of one document',
    [write(0, 1, 'a'), remove(2, 9, true, { expect: 'a' }), remove(2, 9, true, { expect: 'a' })],
  ],
  ['a conflict without a reason', [write(0, 1, 'a', { expect: null, result: { type: 'conflict' } })]],
  ['a failed write that is there', [write(0, 1, 'a', { result: { type: 'failed' } }), read(2, 3, 'a')]],
  ['a removal of nothing under a condition', [remove(0, 1, false, { expect: 'a' })]],
])('%s is found out', (_, calls) => {
  expect(isLinearizable(calls)).toBe(false);
});

test('an unknown outcome may show at any time, or never, but only once', () => {
  const unknown = { result: { type: 'unknown' } } as const;
  expect(isLinearizable([write(0, 1, 'a', unknown), read(2, 3, null), read(4, 5, 'a')])).toBe(true);
  expect(isLinearizable([write(0, 1, 'a', unknown), read(2, 3, null)])).toBe(true);
  expect(isLinearizable([write(0, 1, 'a'), remove(2, 3, false, unknown), read(4, 5, null)])).toBe(true);
  const twice = [write(0, 1, 'a', unknown), read(2, 3, 'a'), write(4, 5, 'b'), read(6, 7, 'a')];
  expect(isLinearizable(twice)).toBe(false);
  expect(isLinearizable([write(0, 1, 'a', { ...unknown, expect: 'x' }), read(2, 3, 'a')])).toBe(false);
});

/** The calls of four callers at the same time on one document of a driver. */
async function historyOf(driver: Documents, seed: number): Promise<readonly Call[]> {
  const document = new RecordedDocument('a');
  const callers = Array.from({ length: 4 }, (_, n) => {
    return randomCalls(document, driver, { count: 24, name: `${n}`, random: seededRandom(seed + n) });
  });
  await Promise.all(callers);
  await document.read(driver);
  return document.calls;
}

test('what random calls on a right driver do is linearizable, and on one that forgets writes it is not', async () => {
  let unnoticed = 0;
  for (let seed = 0; seed < 100; seed += 10) {
    const right = await historyOf(slowed(memoryDriver()), seed);
    expect(isLinearizable(right), describeCalls(right)).toBe(true);
    const memory = memoryDriver();
    let writes = 0;
    const forgetful: Documents = {
      read: (key) => memory.read(key),
      remove: (key, options) => memory.remove(key, options),
      write: async (key, data, options) => {
        const before = await memory.read(key);
        const version = await memory.write(key, data, options);
        if (++writes % 2 === 0 && before !== undefined) await memory.write(key, before.data);
        return version;
      },
    };
    if (isLinearizable(await historyOf(forgetful, seed))) unnoticed += 1;
  }
  expect(unnoticed).toBeLessThan(3);
});

/** The same, but calls begin and end with a delay, so that they overlap. */
function slowed(driver: Documents): Documents {
  const pause = () => new Promise((resolve) => setImmediate(resolve));
  const slow = <T>(run: () => Promise<T>) => pause().then(run).finally(pause);
  return {
    read: (key) => slow(() => driver.read(key)),
    write: (key, data, options) => slow(() => driver.write(key, data, options)),
    remove: (key, options) => slow(() => driver.remove(key, options)),
  };
}
