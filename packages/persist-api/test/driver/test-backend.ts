import { vi } from 'vitest';
import { createDriver, type DriverBackend, LeaseLocks, type LockService, MemoryStorage } from '../../src/index.js';

/** A driver over a backend of which every method is a spy that a test can replace. */
export function testBackend() {
  const leases = new LeaseLocks(new MemoryStorage().locks);
  const locks = {
    lock: vi.fn<LockService['lock']>((name, request) => leases.lock(name, request)),
    inspect: vi.fn<LockService['inspect']>((call) => leases.inspect(call)),
    breakLock: vi.fn<LockService['breakLock']>((name, holder) => leases.breakLock(name, holder)),
    close: vi.fn<LockService['close']>(() => leases.close()),
  };
  const methods = {
    read: vi.fn<DriverBackend['read']>(async () => ({ data: Buffer.from('data'), version: 'v1' })),
    write: vi.fn<DriverBackend['write']>(async () => 'v2'),
    remove: vi.fn<DriverBackend['remove']>(async () => true),
    list: vi.fn<DriverBackend['list']>(async function* () {
      yield* ['a', 'b', 'c'];
    }),
    watch: vi.fn<NonNullable<DriverBackend['watch']>>(async function* () {
      yield { key: 'a', type: 'written', version: 'v1' };
    }),
    check: vi.fn<NonNullable<DriverBackend['check']>>(async function* () {
      yield { kind: 'left-over', subject: 'a', message: 'it is left over', outcome: 'mendable' };
    }),
    health: vi.fn<DriverBackend['health']>(async () => ({ status: 'ok', facts: {}, risks: [] })),
    close: vi.fn<DriverBackend['close']>(async () => {}),
  };
  const backend = {
    name: 'test',
    capabilities: { shared: false, watch: true, maxDocumentBytes: 1000 },
    locks,
    ...methods,
  };
  const spies = [...Object.values(locks), ...Object.values(methods)].filter(
    (spy) => spy !== locks.close && spy !== methods.close,
  );
  return {
    driver: createDriver(backend),
    backend,
    /** How often anything of the backend was called, apart from `close`. */
    calls: () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0),
  };
}

/** A promise and what settles it. */
export function deferred<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}
