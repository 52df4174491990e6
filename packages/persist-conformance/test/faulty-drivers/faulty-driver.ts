import {
  type BreakLockOptions,
  type CallOptions,
  type Change,
  createDriver,
  type ListOptions,
  type Lock,
  type LockOptions,
  type PersistDriver,
  type RemoveOptions,
  type WatchOptions,
  type WriteOptions,
} from '@sandkeep/persist-api';

/** A driver with one fault, made of a sound one. */
export interface Fault {
  /** What a user would see go wrong. */
  readonly fault: string;
  /** The case that must fail because of it. */
  readonly caughtBy: string;
  /** Further cases that meet the fault and fail. All others must pass. */
  readonly alsoCaughtBy?: readonly string[];
  /** Further cases that meet the fault in some runs only. */
  readonly sometimesCaughtBy?: readonly string[];
  /** Further cases that would wait for ever, or take minutes, because of it. */
  readonly leftOut?: readonly string[];
  /** When to give up on the case that is named for it, where that would wait in vain. @default 30_000 */
  readonly limitMs?: number;
  /** The harness whose driver is broken. @default 'memory' */
  readonly over?: 'memory' | 'served memory';
  /** For a fault of the client of the served memory: what is added to its configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** For a fault that child processes have, too: a module in `in-processes`, which exports `breakDriver`. */
  readonly inProcesses?: string;
  breakDriver?(sound: PersistDriver): PersistDriver;
}

/**
 * What `faulty` becomes in the hands of an author who uses `createDriver`: arguments, life cycle and the
 * fields of errors are as they should be, so that its fault is the only one.
 */
export function behindCreateDriver(faulty: PersistDriver): PersistDriver {
  const watch = faulty.watch?.bind(faulty);
  return createDriver({
    name: faulty.name,
    capabilities: faulty.capabilities,
    read: (key, options) => faulty.read(key, options),
    write: (key, data, options) => faulty.write(key, data, options),
    remove: (key, options) => faulty.remove(key, options),
    list: (prefix, options) => faulty.list(prefix.replace(/\/$/, ''), options),
    ...(watch === undefined ? {} : { watch: (prefix, options) => watch(prefix.replace(/\/$/, ''), options) }),
    health: () => faulty.health(),
    close: () => faulty.close(),
    locks: {
      lock: (name, { driver: _driver, ...options }) => faulty.lock(name, options),
      inspect: (options) => faulty.inspectLocks(options),
      breakLock: (name, holder) => faulty.breakLock(name, { holder }),
      close: async () => {},
    },
  });
}

/** Passes every call on to a sound driver; a fault overrides what it breaks. */
export class FaultyDriver implements PersistDriver {
  readonly name: string;
  readonly specVersion = 1;
  readonly capabilities: PersistDriver['capabilities'];

  constructor(readonly sound: PersistDriver) {
    this.name = sound.name;
    this.capabilities = sound.capabilities;
  }

  read(key: string, options?: CallOptions) {
    return this.sound.read(key, options);
  }
  write(key: string, data: Uint8Array, options?: WriteOptions) {
    return this.sound.write(key, data, options);
  }
  remove(key: string, options?: RemoveOptions) {
    return this.sound.remove(key, options);
  }
  list(prefix: string, options?: ListOptions) {
    return this.sound.list(prefix, options);
  }
  lock(name: string, options?: LockOptions): Promise<Lock> {
    return this.sound.lock(name, options);
  }
  inspectLocks(options?: CallOptions) {
    return this.sound.inspectLocks(options);
  }
  breakLock(name: string, options?: BreakLockOptions) {
    return this.sound.breakLock(name, options);
  }
  watch(prefix: string, options?: WatchOptions): AsyncIterable<Change> {
    return (this.sound as Required<PersistDriver>).watch(prefix, options);
  }
  health() {
    return this.sound.health();
  }
  close() {
    return this.sound.close();
  }
  [Symbol.asyncDispose]() {
    return this.close();
  }
}
