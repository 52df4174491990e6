import { describe, expect, it, type Mock } from 'vitest';
import { PersistError } from '../../src/index.js';
import { rejection } from '../lock/lease-fixture.js';
import { collect, testBackend } from './test-backend.js';

const { driver, backend } = testBackend();
const { locks } = backend;
const data = new Uint8Array(1);

/** Each operation, with its key and what of the backend it calls. */
const operations: [operation: string, key: string | undefined, spy: Mock, call: () => Promise<unknown>][] = [
  ['read', 'a/b', backend.read, () => driver.read('a/b')],
  ['write', 'a/b', backend.write, () => driver.write('a/b', data)],
  ['remove', 'a/b', backend.remove, () => driver.remove('a/b')],
  ['list', 'a/b', backend.list, () => collect(driver.list('a/b'))],
  ['watch', 'a/b', backend.watch, () => collect(driver.watch!('a/b'))],
  ['check', undefined, backend.check, () => collect(driver.check!())],
  ['lock', 'a/b', locks.lock, () => driver.lock('a/b')],
  ['breakLock', 'a/b', locks.breakLock, () => driver.breakLock('a/b')],
  ['inspectLocks', undefined, locks.inspect, () => collect(driver.inspectLocks())],
];

/** Rejects as a promise, and as an iterator at its first step. */
function failure(error: unknown) {
  const next = async () => {
    throw error;
  };
  return {
    then: (_: unknown, reject: (error: unknown) => void) => reject(error),
    [Symbol.asyncIterator]: () => ({ next }),
  };
}

describe.each(operations)('%s', (operation, key, spy, call) => {
  const fail = (error: unknown) => {
    spy.mockImplementationOnce(() => failure(error));
    return rejection(call());
  };

  it('fills in the fields of a PersistError that the backend left out', async () => {
    const error = new PersistError('CORRUPT', 'damaged');
    expect(await fail(error)).toBe(error);
    expect(error).toMatchObject({ code: 'CORRUPT', driver: 'test', operation });
    expect(error.key).toBe(key);
    expect(error.message).toBe(key === undefined ? 'damaged' : 'damaged (key a/b)');
  });

  it('names the key once, and not where the message is about something else', async () => {
    expect((await fail(new PersistError('CORRUPT', 'a/b is damaged'))).message).toBe('a/b is damaged');
    expect((await fail(new PersistError('CLOSED', 'closed'))).message).toBe('closed');
  });

  it('keeps the fields that the backend gave', async () => {
    const fields = { driver: 'inner', operation: 'open', key: 'other', currentVersion: 'v7' };
    expect(await fail(new PersistError('CONFLICT', 'no', fields))).toMatchObject(fields);
  });

  it('turns any other error into UNAVAILABLE with that error as its cause', async () => {
    for (const cause of [new TypeError('socket hang up'), 'a string', undefined]) {
      const error = await fail(cause);
      expect(error).toMatchObject({
        name: 'PersistError',
        code: 'UNAVAILABLE',
        retryable: true,
        driver: 'test',
        operation,
      });
      expect(error.key).toBe(key);
      expect(error.cause).toBe(cause);
      expect(error.message).toContain(cause instanceof Error ? cause.message : String(cause));
    }
  });
});

it('a backend that throws at once is no different', async () => {
  const cause = new Error('sync');
  backend.read.mockImplementationOnce(() => {
    throw cause;
  });
  expect(await rejection(driver.read('k'))).toMatchObject({ code: 'UNAVAILABLE', cause });
});

it('an abort of another signal is no abort of the call', async () => {
  const reason = new DOMException('other', 'AbortError');
  backend.read.mockRejectedValueOnce(reason);
  const { signal } = new AbortController();
  expect(await rejection(driver.read('k', { signal }))).toMatchObject({ code: 'UNAVAILABLE', cause: reason });
});

it('each call that close refuses has an error of its own', async () => {
  const { driver } = testBackend();
  await driver.close();
  const [first, second] = await Promise.all([rejection(driver.read('a')), rejection(driver.remove('b'))]);
  expect([first.key, first.operation]).toEqual(['a', 'read']);
  expect([second.key, second.operation]).toEqual(['b', 'remove']);
});

it('health resolves with `unavailable` when the backend fails', async () => {
  backend.health.mockRejectedValueOnce(new Error('connection refused'));
  expect(await driver.health()).toEqual({ status: 'unavailable', facts: {}, risks: ['connection refused'] });
});
