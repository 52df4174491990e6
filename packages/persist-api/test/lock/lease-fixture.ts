import { vi } from 'vitest';
import {
  LeaseLocks,
  type LeaseStorage,
  type Lock,
  type LockRequest,
  MemoryStorage,
  type Version,
} from '../../src/index.js';

/** Everything a `LeaseLocks` does on its storage goes through here, where a test can get in its way. */
export class TestStorage implements LeaseStorage {
  readonly calls: string[] = [];
  beforeRead: (name: string) => Promise<void> | void = () => {};
  /** Calls `apply` to write; may fail before or after it, or never answer. */
  onWrite: (apply: () => Promise<Version>, record: Record<string, unknown>) => Promise<Version> = (apply) => apply();
  process?: string;
  isGone?: (process: string) => boolean;

  constructor(readonly inner: LeaseStorage = new MemoryStorage().locks) {}

  async read(name: string) {
    this.calls.push('read');
    await this.beforeRead(name);
    return this.inner.read(name);
  }

  async write(name: string, data: Uint8Array, expect: Version | 'absent' | undefined) {
    this.calls.push('write');
    const apply = () => this.inner.write(name, data, expect);
    return this.onWrite(apply, JSON.parse(Buffer.from(data).toString()));
  }

  list() {
    return this.inner.list();
  }

  /** The record as it is stored. */
  async record(name: string) {
    const document = await this.inner.read(name);
    return document && JSON.parse(Buffer.from(document.data).toString());
  }
}

/** A host or process of its own: locks of one instance over a storage that others share. */
export function instance(inner: LeaseStorage) {
  const storage = new TestStorage(inner);
  const locks = new LeaseLocks(storage);
  return {
    storage,
    locks,
    lock: (name: string, options: Partial<LockRequest> = {}): Promise<Lock> =>
      locks.lock(name, {
        mode: 'exclusive',
        waitMs: 0,
        ttlMs: 3000,
        info: '',
        driver: 'test',
        signal: new AbortController().signal,
        ...options,
      }),
  };
}

/** Instances that share one storage. */
export function instances(count: number) {
  const { locks: shared } = new MemoryStorage();
  return Array.from({ length: count }, () => instance(shared));
}

/** How a promise stands, for tests that move the time themselves. */
export function observe<T>(promise: Promise<T>) {
  const outcome: { state: 'pending' | 'resolved' | 'rejected'; value?: T; error?: unknown } = { state: 'pending' };
  promise.then(
    (value) => Object.assign(outcome, { state: 'resolved', value }),
    (error) => Object.assign(outcome, { state: 'rejected', error }),
  );
  return outcome;
}

/** The promise's value; time goes on, by fake timers, until it is settled. */
export async function soon<T>(promise: Promise<T>): Promise<T> {
  const outcome = observe(promise);
  while (outcome.state === 'pending') await vi.advanceTimersByTimeAsync(5);
  return promise;
}

export async function rejection(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    () => expectNothing(),
    (error) => error,
  );
}

function expectNothing(): never {
  throw new Error('it should have been rejected');
}
