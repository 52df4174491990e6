import { describe, expect, it } from 'vitest';
import { createDriver, memoryDriver, type PersistDriver } from '../../src/index.js';
import { observe, rejection } from '../lock/lease-fixture.js';
import { collect, deferred, testBackend } from './test-backend.js';

const data = new Uint8Array(1);
const operations: [string, (driver: PersistDriver) => Promise<unknown>][] = [
  ['read', (driver) => driver.read('k')],
  ['write', (driver) => driver.write('k', data)],
  ['remove', (driver) => driver.remove('k')],
  ['list', (driver) => collect(driver.list('k'))],
  ['watch', (driver) => collect(driver.watch!('k'))],
  ['check', (driver) => collect(driver.check!())],
  ['lock', (driver) => driver.lock('k')],
  ['breakLock', (driver) => driver.breakLock('k')],
  ['inspectLocks', (driver) => collect(driver.inspectLocks())],
  ['health', (driver) => driver.health()],
];

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('after close', () => {
  it.each(operations)('%s is CLOSED, and the backend is not asked', async (operation, call) => {
    const { driver, calls } = testBackend();
    await driver.close();
    const before = calls();
    const error = await rejection(call(driver));
    expect(error).toMatchObject({ code: 'CLOSED', retryable: false, driver: 'test', operation });
    expect(calls()).toBe(before);
  });

  it('an invalid argument is still the caller’s fault', async () => {
    const { driver } = testBackend();
    await driver.close();
    expect(await rejection(driver.read('..'))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('during close', () => {
  it.each(operations)('%s is CLOSED', async (_, call) => {
    const { driver, backend } = testBackend();
    const going = deferred<undefined>();
    backend.read.mockReturnValueOnce(going.promise);
    const reading = driver.read('k');
    const closing = driver.close();
    expect(await rejection(call(driver))).toMatchObject({ code: 'CLOSED' });
    going.resolve(undefined);
    await Promise.all([reading, closing]);
  });
});

describe('close', () => {
  it('waits for what is in flight, then ends the locks, then the backend, once', async () => {
    const { driver, backend } = testBackend();
    const order: string[] = [];
    const writing = deferred<string>();
    const listing = deferred();
    const unlocking = deferred();
    backend.write.mockReturnValueOnce(writing.promise);
    backend.list.mockImplementationOnce(async function* () {
      await listing.promise;
      yield 'a';
    });
    backend.locks.close.mockImplementationOnce(async () => {
      order.push('locks');
      await unlocking.promise;
    });
    backend.close.mockImplementation(async () => {
      order.push('backend');
    });
    const write = observe(driver.write('k', data));
    const list = observe(driver.list('')[Symbol.asyncIterator]().next());
    const close = observe(driver.close());
    const again = observe(Promise.resolve(driver[Symbol.asyncDispose]()));

    await turn();
    expect(order).toEqual([]);
    writing.resolve('v9');
    await turn();
    expect([write.value, order]).toEqual(['v9', []]);
    listing.resolve();
    await turn();
    expect([list.value, order]).toEqual([{ done: false, value: 'a' }, ['locks']]);
    unlocking.resolve();
    await turn();
    expect(order).toEqual(['locks', 'backend']);
    expect([close.state, again.state]).toEqual(['resolved', 'resolved']);
    await driver.close();
    expect(order).toEqual(['locks', 'backend']);
  });

  it('waits for calls that fail, and does not fail with them', async () => {
    const { driver, backend } = testBackend();
    const going = deferred<undefined>();
    backend.read.mockReturnValueOnce(going.promise);
    const reading = observe(driver.read('k'));
    const closing = driver.close();
    going.reject(new Error('no'));
    await closing;
    expect(reading.error).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('ends listings that stand still, and the next step of each is CLOSED', async () => {
    const { driver, backend } = testBackend();
    let isOpen = false;
    backend.list.mockImplementationOnce(async function* () {
      try {
        isOpen = true;
        yield* ['a', 'b'];
      } finally {
        await turn();
        isOpen = false;
      }
    });
    backend.close.mockImplementationOnce(async () => expect(isOpen).toBe(false));
    const keys = driver.list('')[Symbol.asyncIterator]();
    expect(await keys.next()).toEqual({ done: false, value: 'a' });
    expect(isOpen).toBe(true);
    await driver.close();
    expect(await rejection(keys.next())).toMatchObject({ code: 'CLOSED', operation: 'list' });
    expect(await keys.next()).toEqual({ done: true, value: undefined });
  });

  it('ends a watch that waits for a change', async () => {
    const { driver, backend } = testBackend();
    backend.watch.mockImplementationOnce(async function* (_, { signal }) {
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    });
    const change = observe(driver.watch!('a')[Symbol.asyncIterator]().next());
    await turn();
    await driver.close();
    expect(change.error).toMatchObject({ code: 'CLOSED', operation: 'watch', key: 'a' });
  });

  it('closes the backend also when the locks fail', async () => {
    const { driver, backend } = testBackend();
    backend.locks.close.mockRejectedValueOnce(new Error('no'));
    await rejection(driver.close());
    expect(backend.close).toHaveBeenCalledOnce();
  });
});

describe('an aborted signal', () => {
  const reason = { an: 'object' };

  it.each<[string, (driver: PersistDriver, signal: AbortSignal) => Promise<unknown>]>([
    ['read', (driver, signal) => driver.read('k', { signal })],
    ['write', (driver, signal) => driver.write('k', data, { signal })],
    ['remove', (driver, signal) => driver.remove('k', { signal })],
    ['list', (driver, signal) => collect(driver.list('', { signal }))],
    ['watch', (driver, signal) => collect(driver.watch!('', { signal }))],
    ['check', (driver, signal) => collect(driver.check!({ signal }))],
    ['lock', (driver, signal) => driver.lock('k', { signal })],
    ['breakLock', (driver, signal) => driver.breakLock('k', { signal })],
    ['inspectLocks', (driver, signal) => collect(driver.inspectLocks({ signal }))],
  ])('means for %s: rejected with the reason, nothing asked of the backend', async (_, call) => {
    const { driver, calls } = testBackend();
    expect(await rejection(call(driver, AbortSignal.abort(reason)))).toBe(reason);
    expect(calls()).toBe(0);
  });

  it('reaches the backend, and its reason comes back as it is', async () => {
    const { driver, backend } = testBackend();
    const aborting = new AbortController();
    backend.read.mockImplementationOnce(async (_, { signal }) => {
      aborting.abort(reason);
      throw signal?.reason;
    });
    expect(await rejection(driver.read('k', { signal: aborting.signal }))).toBe(reason);
  });

  it('between two steps ends a listing and the iterator below', async () => {
    const { driver, backend } = testBackend();
    let isOpen = true;
    backend.list.mockImplementationOnce(async function* () {
      try {
        yield* ['a', 'b'];
      } finally {
        isOpen = false;
      }
    });
    const aborting = new AbortController();
    const keys = driver.list('', { signal: aborting.signal })[Symbol.asyncIterator]();
    await keys.next();
    aborting.abort(reason);
    expect(await rejection(keys.next())).toBe(reason);
    expect(isOpen).toBe(false);
  });
});

describe('iteration', () => {
  it('that is left early returns the backend’s iterator', async () => {
    const { driver, backend } = testBackend();
    const returned = deferred();
    backend.list.mockImplementationOnce(async function* () {
      try {
        yield* ['a', 'b'];
      } finally {
        returned.resolve();
      }
    });
    for await (const key of driver.list('')) {
      expect(key).toBe('a');
      break;
    }
    await returned.promise;
  });

  it('does not ask the backend before the first step', async () => {
    const { driver, calls } = testBackend();
    driver.list('');
    driver.inspectLocks();
    await turn();
    expect(calls()).toBe(0);
  });
});

describe('watch', () => {
  it('is there exactly if the backend has it', async () => {
    const { watch: _, ...without } = testBackend().backend;
    expect(createDriver(without).watch).toBeUndefined();
    const { driver } = testBackend();
    expect(await collect(driver.watch!('a'))).toEqual([{ key: 'a', type: 'written', version: 'v1' }]);
  });
});

describe('check', () => {
  it('is there exactly if the backend has it, and looks unless it is to repair', async () => {
    const { check: _, ...without } = testBackend().backend;
    expect(createDriver(without).check).toBeUndefined();
    expect(memoryDriver().check).toBeUndefined();
    const { driver, backend } = testBackend();
    const findings = [{ kind: 'left-over', subject: 'a', message: 'it is left over', outcome: 'mendable' }];
    expect(await collect(driver.check!())).toEqual(findings);
    await collect(driver.check!({ repair: true }));
    expect(backend.check.mock.calls.map(([{ repair }]) => repair)).toEqual([false, true]);
  });
});
