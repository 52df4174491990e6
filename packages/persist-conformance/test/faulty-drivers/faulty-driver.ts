import type {
  BreakLockOptions,
  CallOptions,
  ListOptions,
  Lock,
  LockOptions,
  PersistDriver,
  RemoveOptions,
  WriteOptions,
} from '@sandkeep/persist-api';

/** A driver with one fault, made of a sound one. */
export interface Fault {
  /** What a user would see go wrong. */
  readonly fault: string;
  /** The case that must fail because of it. */
  readonly caughtBy: string;
  /** The harness whose driver is broken. @default 'memory' */
  readonly over?: 'memory' | 'served memory';
  breakDriver(sound: PersistDriver): PersistDriver;
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
