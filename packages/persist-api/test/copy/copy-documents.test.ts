import { expect, test, vi } from 'vitest';
import {
  type CopyOptions,
  copyDocuments,
  type DocumentOutcome,
  memoryDriver,
  type PersistDriver,
  PersistError,
  SandboxStore,
} from '../../src/index.js';

const bytes = (text: string) => new TextEncoder().encode(text);

async function textAt(driver: PersistDriver, key: string): Promise<string | undefined> {
  const document = await driver.read(key);
  return document && new TextDecoder().decode(document.data);
}

async function contents(driver: PersistDriver): Promise<Record<string, string | undefined>> {
  const found: Record<string, string | undefined> = {};
  for await (const key of driver.list('')) found[key] = await textAt(driver, key);
  return found;
}

async function filled(documents: Record<string, string>): Promise<PersistDriver> {
  const driver = memoryDriver();
  for (const [key, text] of Object.entries(documents)) await driver.write(key, bytes(text));
  return driver;
}

/** Each outcome as `key outcome`, with `again` and the code of an error where there is one. */
async function copy(from: PersistDriver, to: PersistDriver, options?: CopyOptions): Promise<string[]> {
  const found: DocumentOutcome[] = [];
  for await (const outcome of copyDocuments(from, to, options)) found.push(outcome);
  return found.map(({ key, outcome, again, error }) =>
    [key, outcome, again && 'again', error && error.code !== 'CONFLICT' && error.code].filter(Boolean).join(' '),
  );
}

/** Runs `act` once, right after the `count`th call of a method for `key` has done its work. */
function after(
  driver: PersistDriver,
  method: 'read' | 'write',
  key: string,
  act: () => Promise<unknown>,
  count = 1,
): void {
  const original = driver[method] as (...args: unknown[]) => Promise<unknown>;
  let calls = 0;
  Object.assign(driver, {
    [method]: async (...args: unknown[]) => {
      const result = await original.apply(driver, args);
      if (args[0] === key && ++calls === count) await act();
      return result;
    },
  });
}

test('copies every document below the prefix, byte for byte, and nothing else', async () => {
  const all = { a: '', 'a/b': '\u0000\ud83d\ude00', 'ab/c': 'x', 'ns/sandboxes/web': '{}', 'z/deep/er.json': 'y' };
  const [from, to] = [await filled(all), memoryDriver()];
  await from.lock('ns/sandboxes/web');
  expect(await copy(from, to)).toEqual(Object.keys(all).map((key) => `${key} written`));
  expect(await contents(to)).toEqual(all);
  const part = memoryDriver();
  expect(await copy(from, part, { prefix: 'a' })).toEqual(['a/b written']);
  for await (const lock of to.inspectLocks()) expect.unreachable(lock.name);
});

test('what is the same on both sides is not written, so that it can be done again', async () => {
  const from = await filled({ a: '1', b: '2', c: '3' });
  const to = await filled({ a: '1', c: '3' });
  expect(await copy(from, to)).toEqual(['a unchanged', 'b written', 'c unchanged']);
  const write = vi.spyOn(to, 'write');
  expect(await copy(from, to)).toEqual(['a unchanged', 'b unchanged', 'c unchanged']);
  expect(write).not.toHaveBeenCalled();
});

test.each([
  ['report', 'conflict', 'old'],
  ['skip', 'skipped', 'old'],
  ['overwrite', 'replaced', 'new'],
  ['if-newer', 'conflict', 'old'],
] as const)('another document in the target, with %s: %s', async (existing, outcome, stored) => {
  const [from, to] = [await filled({ a: 'new' }), await filled({ a: 'old', other: 'x' })];
  expect(await copy(from, to, { existing })).toEqual([`a ${outcome}`]);
  expect(await contents(to)).toEqual({ a: stored, other: 'x' });
});

test.each([
  ['later', 1000, 'replaced'],
  ['earlier', -1000, 'skipped'],
  ['at the same time', 0, 'conflict'],
])('if-newer: a sandbox that was saved %s', async (_, difference, outcome) => {
  const drivers = [memoryDriver(), memoryDriver()] as const;
  vi.useFakeTimers({ toFake: ['Date'] });
  const now = new Date('2026-01-31T12:00:00Z').getTime();
  for (const [index, driver] of drivers.entries()) {
    vi.setSystemTime(index === 0 ? now + difference : now);
    await new SandboxStore(driver).save('web', { sandbox: { state: 'ready', index }, containers: new Map() });
  }
  vi.useRealTimers();
  expect(await copy(...drivers, { existing: 'if-newer' })).toEqual([`default/sandboxes/web ${outcome}`]);
  const { sandbox } = await new SandboxStore(drivers[1]).load('web');
  expect(sandbox).toMatchObject({ index: outcome === 'replaced' ? 0 : 1 });
});

test('what changes in the source meanwhile is taken again', async () => {
  const [from, to] = [await filled({ a: '1', b: '1', c: '1', d: '1', e: '1' }), await filled({ d: '1', e: 'theirs' })];
  after(from, 'read', 'e', async () => {
    await from.write('a', bytes('2'));
    await from.remove('b');
    await from.write('c', bytes('1')); // the same bytes, another version
    await from.write('d', bytes('2'));
    await from.write('e', bytes('2'));
    await from.write('0/new', bytes('1'));
  });
  expect(await copy(from, to, { concurrency: 1 })).toEqual([
    ...['a written', 'b written', 'c written', 'd unchanged', 'e conflict'],
    ...['0/new written again', 'a replaced again', 'c unchanged again', 'd replaced again', 'e conflict again'],
    'b removed again',
  ]);
  expect(await contents(to)).toEqual({ '0/new': '1', a: '2', c: '1', d: '2', e: 'theirs' });
});

test('what has changed even after that is told', async () => {
  const [from, to] = [await filled({ a: '1', b: '1', z: '1' }), memoryDriver()];
  const touch = (text: string) => async () => {
    await from.write('a', bytes(text));
    await from.write('b', bytes(text));
  };
  after(from, 'read', 'z', touch('2'));
  after(from, 'read', 'z', async () => void (await from.write('b', bytes('3'))), 2);
  expect((await copy(from, to, { concurrency: 1 })).slice(3)).toEqual([
    'a replaced again',
    'b replaced again',
    'b changed',
  ]);
  expect(await contents(to)).toEqual({ a: '2', b: '2', z: '1' });
});

test('what was not there when it was looked at first, or cannot be read, does not stay unseen', async () => {
  const [from, to] = [await filled({ a: '1', b: '1', c: '1' }), memoryDriver()];
  const { read } = from;
  vi.spyOn(from, 'read').mockImplementation(async (key, options) => {
    if (key === 'b') throw new PersistError('CORRUPT', 'damaged', { key });
    return read.call(from, key, options);
  });
  expect(await copy(from, to)).toEqual([...['a written', 'b failed CORRUPT', 'c written'], 'b failed again CORRUPT']);
  expect(await contents(to)).toEqual({ a: '1', c: '1' });
});

test.each([
  ['changed', 'theirs', async (to: PersistDriver) => to.write('a', bytes('theirs'))],
  ['removed', undefined, async (to: PersistDriver) => to.remove('a')],
])('a document of the target that is %s right before it is replaced is a conflict', async (_, stored, act) => {
  const [from, to] = [await filled({ a: 'new', b: 'new' }), await filled({ a: 'old', b: 'old' })];
  after(to, 'read', 'a', () => act(to));
  expect(await copy(from, to, { existing: 'overwrite' })).toEqual(['a conflict', 'b replaced']);
  expect(await textAt(to, 'a')).toBe(stored);
});

test('somebody who makes the same document meanwhile is no conflict; one who makes another is', async () => {
  const [from, to] = [await filled({ a: '1', b: '1' }), memoryDriver()];
  after(to, 'read', 'a', () => to.write('a', bytes('1')));
  after(to, 'read', 'b', () => to.write('b', bytes('theirs')));
  expect(await copy(from, to)).toEqual(['a unchanged', 'b conflict']);
  expect(await contents(to)).toEqual({ a: '1', b: 'theirs' });
});

test('what somebody else changes in the target after it was copied is never overwritten or taken back', async () => {
  const [from, to] = [await filled({ a: '1', b: '1', c: '1', z: '1' }), memoryDriver()];
  after(from, 'read', 'z', async () => {
    await from.write('a', bytes('2'));
    await from.remove('b');
    await from.write('c', bytes('2'));
    await to.write('a', bytes('theirs'));
    await to.write('b', bytes('theirs'));
    await to.remove('c');
  });
  expect((await copy(from, to, { concurrency: 1, existing: 'overwrite' })).slice(4)).toEqual([
    'a conflict again',
    'c conflict again',
    'b conflict again',
  ]);
  expect(await contents(to)).toEqual({ a: 'theirs', b: 'theirs', z: '1' });
});

test('a document that is changed right after it was written is a conflict', async () => {
  const [from, to] = [await filled({ a: '1' }), memoryDriver()];
  after(to, 'write', 'a', () => to.remove('a'));
  expect(await copy(from, to)).toEqual(['a conflict']);
});

test('a target that gives back other bytes than it was given is found out', async () => {
  const [from, to] = [await filled({ a: 'text' }), memoryDriver()];
  const { write } = to;
  vi.spyOn(to, 'write').mockImplementation((key, _, options) => write.call(to, key, bytes('tex'), options));
  expect(await copy(from, to)).toEqual(['a failed CORRUPT']);
});

test.each([
  [true, 'a written'],
  [false, 'a failed OUTCOME_UNKNOWN'],
])('a write of unknown outcome is looked up: applied %s', async (isApplied, outcome) => {
  const [from, to] = [await filled({ a: '1' }), memoryDriver()];
  const { write } = to;
  vi.spyOn(to, 'write').mockImplementation(async (...call) => {
    if (isApplied) await write.apply(to, call);
    throw new PersistError('OUTCOME_UNKNOWN', 'the answer was lost');
  });
  expect((await copy(from, to))[0]).toBe(outcome);
});

test('a document that the target does not take leaves the others', async () => {
  const [from, to] = [await filled({ a: '1', b: 'too large', c: '1' }), memoryDriver()];
  Object.assign(to, { capabilities: { ...to.capabilities, maxDocumentBytes: 3 } });
  for (const dryRun of [true, false]) {
    const outcomes = await copy(from, to, { dryRun });
    expect(outcomes).toEqual(['a written', 'b failed TOO_LARGE', 'c written']);
  }
});

test('a backend that is out of reach ends it, and running it again goes on', async () => {
  const [from, to] = [await filled({ a: '1', b: '1', c: '1' }), memoryDriver()];
  const down = vi.spyOn(to, 'read');
  after(to, 'write', 'a', async () => void down.mockRejectedValue(new PersistError('UNAVAILABLE', 'down')));
  await expect(copy(from, to, { concurrency: 1 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  vi.restoreAllMocks();
  expect(await copy(from, to)).toEqual(['a unchanged', 'b written', 'c written']);
});

test('an abort ends it with the reason, and leaves whole documents', async () => {
  const [from, to] = [await filled({ a: '1', b: '1', c: '1' }), memoryDriver()];
  const controller = new AbortController();
  const reason = new Error('enough');
  after(to, 'write', 'b', async () => controller.abort(reason));
  await expect(copy(from, to, { concurrency: 1, signal: controller.signal })).rejects.toBe(reason);
  expect(await contents(to)).toEqual({ a: '1', b: '1' });
});

test('deleteExtra removes what only the target has, below the prefix, unless it changes meanwhile', async () => {
  const from = await filled({ 'n/a': '1', 'n/c': '1' });
  const extra = { 'm/x': '1', 'n/a': '1', 'n/b': '1', 'n/c': '1', 'n/d': '1', 'o/y': '1' };
  const dry = await filled(extra);
  const expected = ['n/a unchanged', 'n/c unchanged', 'n/b deleted', 'n/d deleted'];
  expect(await copy(from, dry, { deleteExtra: true, prefix: 'n', dryRun: true })).toEqual(expected);
  expect(await contents(dry)).toEqual(extra);
  const reads = vi.spyOn(from, 'read');
  expect(await copy(from, dry, { deleteExtra: true, prefix: 'n' })).toEqual(expected);
  expect(reads.mock.calls.map(([key]) => key)).toEqual(['n/a', 'n/c', 'n/a', 'n/c', 'n/b', 'n/d']);
  expect(await contents(dry)).toEqual({ 'm/x': '1', 'n/a': '1', 'n/c': '1', 'o/y': '1' });

  const busy = await filled(extra);
  after(busy, 'read', 'n/b', () => busy.write('n/b', bytes('theirs')));
  expect((await copy(from, busy, { deleteExtra: true })).slice(2)).toEqual([
    'm/x deleted',
    'n/b conflict',
    'n/d deleted',
    'o/y deleted',
  ]);
  expect(await textAt(busy, 'n/b')).toBe('theirs');
});

test('a dry run changes nothing', async () => {
  const [from, to] = [await filled({ a: '1', b: '1' }), await filled({ b: 'old' })];
  const changes = [vi.spyOn(to, 'write'), vi.spyOn(to, 'remove')];
  expect(await copy(from, to, { dryRun: true, existing: 'overwrite' })).toEqual(['a written', 'b replaced']);
  for (const change of changes) expect(change).not.toHaveBeenCalled();
});

test('works on as many documents at once as it is told', async () => {
  const from = await filled(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`d${index}`, 'x'])));
  const to = memoryDriver();
  const { write } = to;
  let running = 0;
  let most = 0;
  vi.spyOn(to, 'write').mockImplementation(async (...call) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return write.apply(to, call);
  });
  await copy(from, to, { concurrency: 4 });
  expect(most).toBe(4);
});

test.each([
  [{ existing: 'newer' as never }, 'existing "newer" is not valid'],
  [{ concurrency: 0 }, 'concurrency 0 is not valid'],
])('refuses %j', async (options, message) => {
  await expect(copy(memoryDriver(), memoryDriver(), options)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(message),
  });
});
