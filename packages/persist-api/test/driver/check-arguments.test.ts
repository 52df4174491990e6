import { describe, expect, it } from 'vitest';
import {
  type ListOptions,
  type LockOptions,
  maxKeyBytes,
  maxSegmentBytes,
  type WriteOptions,
} from '../../src/index.js';
import { rejection } from '../lock/lease-fixture.js';
import { collect, testBackend } from './test-backend.js';

const { driver, calls } = testBackend();
const data = new Uint8Array(1);

/** Every method that takes a key. */
const methods: [string, (key: string) => Promise<unknown>][] = [
  ['read', (key) => driver.read(key)],
  ['write', (key) => driver.write(key, data)],
  ['remove', (key) => driver.remove(key)],
  ['list', (key) => collect(driver.list(key))],
  ['list after', (key) => collect(driver.list('', { after: key ?? 'a/' }))],
  ['watch', (key) => collect(driver.watch!(key))],
  ['lock', (key) => driver.lock(key)],
  ['breakLock', (key) => driver.breakLock(key)],
];

const invalidKeys: unknown[] = [
  '.',
  '..',
  '../x',
  'a/..',
  'a/../b',
  '/',
  '/a',
  'a//b',
  'a\\b',
  '.a',
  '-a',
  '_a',
  'a/.b',
  'a b',
  'a\0',
  'a\n',
  'a\u007f',
  'ä',
  '\ud800',
  'a*',
  'a?',
  '{a}',
  'a:b',
  'a%2e',
  'x'.repeat(maxSegmentBytes + 1),
  `${'x'.repeat(maxSegmentBytes)}/${'x'.repeat(maxSegmentBytes)}/${'x'.repeat(maxSegmentBytes)}/${'x'.repeat(maxSegmentBytes)}`,
  undefined,
  null,
  7,
  ['a'],
  { toString: () => 'a' },
];

describe('a key that is not valid', () => {
  it.each(methods)('is refused by %s, before the backend is asked', async (_, call) => {
    for (const key of invalidKeys) {
      const error = await rejection(call(key as string));
      expect([key, error.code]).toEqual([key, 'INVALID_ARGUMENT']);
      expect(error).toMatchObject({ retryable: false, driver: 'test' });
    }
    expect(calls()).toBe(0);
  });

  it.each(methods.filter(([name]) => name !== 'list' && name !== 'watch'))(
    'the empty one, too, by %s',
    async (_, call) => {
      expect(await rejection(call(''))).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(calls()).toBe(0);
    },
  );

  it('is named in one line of plain ASCII, with what was expected', async () => {
    for (const [key, shown] of [
      ['../x', '"../x"'],
      ['a\n\ud800ä\u007f', '"a\\n\\ud800\\u00e4\\u007f"'],
      ['x'.repeat(5000), '(5000 characters)'],
      [7, '7'],
      [{}, 'of type object'],
    ]) {
      const { message } = await rejection(driver.read(key as string));
      expect(message).toContain(shown);
      expect(message).toMatch(/^key .* is not valid: expected one or more segments joined by "\/"[\x20-\x7e]*$/);
      expect(message.length).toBeLessThan(400);
    }
  });
});

describe('a key that is valid', () => {
  it.each([
    'a',
    'A0_.-',
    '0/1/2',
    'lock',
    'a.lock/b.json',
    'x'.repeat(maxSegmentBytes),
    `${'x'.repeat(maxSegmentBytes)}/`.repeat(3) + 'x'.repeat(maxKeyBytes - 3 * (maxSegmentBytes + 1)),
  ])('%s', async (key) => {
    const { driver, calls } = testBackend();
    await driver.read(key);
    expect(calls()).toBe(1);
  });
});

describe('other arguments', () => {
  const write = (options: unknown, bytes: unknown = data) =>
    driver.write('k', bytes as Uint8Array, options as WriteOptions);
  const lock = (options: unknown) => driver.lock('k', options as LockOptions);

  it.each<[string, () => Promise<unknown>]>([
    ['data', () => write({}, 'text')],
    ['data', () => write({}, [1, 2])],
    ['data', () => write({}, new ArrayBuffer(1))],
    ['data', () => write({}, null)],
    ['expect', () => write({ expect: '' })],
    ['expect', () => write({ expect: null })],
    ['expect', () => write({ expect: 7 })],
    ['expect', () => driver.remove('k', { expect: '' })],
    ['options', () => write(null)],
    ['options', () => write('absent')],
    ['options', () => driver.read('k', null as never)],
    ['options', () => driver.remove('k', 'v1' as never)],
    ['options', () => lock(null)],
    ['options', () => driver.breakLock('k', 'id' as never)],
    ['options', () => collect(driver.list('', null as never))],
    ['options', () => collect(driver.inspectLocks(null as never))],
    ['signal', () => write({ signal: {} })],
    ['signal', () => driver.read('k', { signal: new AbortController() as unknown as AbortSignal })],
    ['signal', () => collect(driver.list('', { signal: 'x' } as unknown as ListOptions))],
    ['signal', () => collect(driver.watch!('', { signal: null as unknown as AbortSignal }))],
    ['signal', () => lock({ signal: 1 })],
    ['repair', () => collect(driver.check!({ repair: 'yes' as never }))],
    ['options', () => collect(driver.check!(null as never))],
    ['mode', () => lock({ mode: 'read' })],
    ['waitMs', () => lock({ waitMs: -1 })],
    ['waitMs', () => lock({ waitMs: Number.NaN })],
    ['waitMs', () => lock({ waitMs: '10' })],
    ['ttlMs', () => lock({ ttlMs: 99 })],
    ['ttlMs', () => lock({ ttlMs: 3_600_001 })],
    ['ttlMs', () => lock({ ttlMs: Number.NaN })],
    ['info', () => lock({ info: 'x'.repeat(1025) })],
    ['info', () => lock({ info: 7 })],
    ['holder', () => driver.breakLock('k', { holder: '' })],
  ])('%s that is not valid is refused and named (case %#)', async (field, call) => {
    const error = await rejection(call());
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      driver: 'test',
      message: expect.stringMatching(`^${field} `),
    });
    expect(error.message).toContain('expected');
    expect(calls()).toBe(0);
  });

  it('never throw at once', async () => {
    const calls = [
      () => driver.read(undefined as never, null as never),
      () => driver.write(undefined as never, undefined as never, null as never),
      () => driver.remove(undefined as never, null as never),
      () => driver.lock(undefined as never, null as never),
      () => driver.breakLock(undefined as never, null as never),
    ].map((call) => call());
    expect(await Promise.all(calls.map(rejection))).toMatchObject(calls.map(() => ({ code: 'INVALID_ARGUMENT' })));
  });

  it('data beyond the limit is TOO_LARGE, at the limit it is written', async () => {
    const { driver, calls } = testBackend();
    expect(await rejection(driver.write('k', new Uint8Array(1001)))).toMatchObject({
      code: 'TOO_LARGE',
      driver: 'test',
      operation: 'write',
      key: 'k',
      message: expect.stringMatching(/1001.*1000/),
    });
    expect(calls()).toBe(0);
    await driver.write('k', new Uint8Array(1000));
  });

  it('waitMs may be endless', async () => {
    const { driver } = testBackend();
    await (await driver.lock('k', { waitMs: Number.POSITIVE_INFINITY })).release();
  });
});

describe('what the backend gets', () => {
  it('is complete: defaults of a lock, a prefix with one final slash, a copy of the data', async () => {
    const { driver, backend } = testBackend();
    await driver.lock('k');
    expect(backend.locks.lock.mock.calls[0]).toEqual([
      'k',
      { mode: 'exclusive', waitMs: 10_000, ttlMs: 5000, info: '', driver: 'test', signal: expect.any(AbortSignal) },
    ]);
    for (const prefix of ['', 'a/b', 'a/b/']) await collect(driver.list(prefix, { after: 'a/b/c' }));
    expect(backend.list.mock.calls.map(([prefix, { after }]) => [prefix, after])).toEqual([
      ['', 'a/b/c'],
      ['a/b/', 'a/b/c'],
      ['a/b/', 'a/b/c'],
    ]);
    const given = Buffer.from('before');
    const writing = driver.write('k', given);
    given.fill('x');
    await writing;
    expect(Buffer.from(backend.write.mock.calls[0]![1]).toString()).toBe('before');
  });
});
