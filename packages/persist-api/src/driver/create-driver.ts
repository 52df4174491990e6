import { setMaxListeners } from 'node:events';
import type { Lock, LockOptions, LockStatus } from '../lock/lock.js';
import { endable, untilEnded } from '../watch/endable.js';
import type { DriverCapabilities } from './capabilities.js';
import type { Change } from './change.js';
import {
  checkData,
  checkExpect,
  checkHolder,
  checkLockOptions,
  checkRepair,
  checkWatchOptions,
} from './check-options.js';
import type { Document, Version } from './document.js';
import type { DriverBackend } from './driver-backend.js';
import { DriverCalls } from './driver-calls.js';
import { eitherSignal } from './either-signal.js';
import type { Finding } from './finding.js';
import { isHandedOver } from './handed-over.js';
import type { Health } from './health.js';
import type { Iteration } from './iteration.js';
import { checkKey, normalizePrefix } from './key.js';
import type {
  BreakLockOptions,
  CallOptions,
  CheckOptions,
  ListOptions,
  PersistDriver,
  RemoveOptions,
  WatchOptions,
  WriteOptions,
} from './persist-driver.js';

/**
 * Makes a complete {@link PersistDriver} of what differs between drivers. It checks every argument
 * before the backend is called, keeps the life cycle (`close` waits, then everything is `CLOSED`),
 * gives every error its fields, and traces every call on `sandkeep:driver`.
 */
export function createDriver(backend: DriverBackend): PersistDriver {
  return new BackendDriver(backend);
}

class BackendDriver implements PersistDriver {
  readonly specVersion = 1;
  readonly name: string;
  readonly capabilities: DriverCapabilities;
  readonly watch?: (prefix: string, options?: WatchOptions) => AsyncIterable<Change>;
  readonly check?: (options?: CheckOptions) => AsyncIterable<Finding>;
  readonly #backend: DriverBackend;
  readonly #calls: DriverCalls;
  #closed: Promise<void> | undefined;

  constructor(backend: DriverBackend) {
    this.name = backend.name;
    this.capabilities = backend.capabilities;
    this.#backend = backend;
    this.#calls = new DriverCalls(backend.name, backend.isTraced ?? true);
    const watch = backend.watch?.bind(backend);
    if (watch !== undefined) {
      this.watch = (prefix, options = {}) => endable((ended) => this.#watch(watch, prefix, options, ended));
    }
    if (backend.check !== undefined) {
      const findings = backend.check.bind(backend);
      this.check = (options = {}) => {
        const check = () => checkRepair(options.repair);
        return this.#calls.iterate({ operation: 'check', key: '', options, check }, (signal) =>
          findings({ repair: options.repair ?? false, signal }),
        );
      };
    }
  }

  read(key: string, options: CallOptions = {}): Promise<Document | undefined> {
    const check = () => checkKey(key);
    return this.#calls.run(
      { operation: 'read', key, options, check },
      () => this.#backend.read(key, { signal: options.signal }),
      (document) => document?.data.byteLength,
    );
  }

  write(key: string, data: Uint8Array, options: WriteOptions = {}): Promise<Version> {
    const check = () => {
      checkKey(key);
      checkExpect(options.expect);
      checkData(data, this.capabilities.maxDocumentBytes);
    };
    return this.#calls.run({ operation: 'write', key, options, check }, (trace) => {
      trace.bytes = data.byteLength;
      const { expect, signal } = options;
      return this.#backend.write(key, this.#ownData(data), { expect, signal });
    });
  }

  remove(key: string, options: RemoveOptions = {}): Promise<boolean> {
    const check = () => {
      checkKey(key);
      checkExpect(options.expect);
    };
    return this.#calls.run({ operation: 'remove', key, options, check }, () => {
      const { expect, signal } = options;
      return this.#backend.remove(key, { expect, signal });
    });
  }

  list(prefix: string, options: ListOptions = {}): AsyncIterable<string> {
    const check = () => {
      normalizePrefix(prefix);
      if (options.after !== undefined) checkKey(options.after, 'after');
    };
    return this.#calls.iterate({ operation: 'list', key: prefix, options, check }, () => {
      const { after, signal } = options;
      return this.#backend.list(normalizePrefix(prefix), { after, signal });
    });
  }

  lock(name: string, options: LockOptions = {}): Promise<Lock> {
    const check = () => {
      checkKey(name, 'lock name');
      checkLockOptions(options);
    };
    return this.#calls.run({ operation: 'lock', key: name, options, check }, async () => {
      const { mode, waitMs, ttlMs, info } = checkLockOptions(options);
      const either = eitherSignal(this.#calls.closing, options.signal);
      try {
        const request = { mode, waitMs, ttlMs, info, driver: this.name, signal: either.signal };
        return await this.#backend.locks.lock(name, request);
      } finally {
        either[Symbol.dispose]();
      }
    });
  }

  inspectLocks(options: CallOptions = {}): AsyncIterable<LockStatus> {
    return this.#calls.iterate({ operation: 'inspectLocks', key: '', options }, () =>
      this.#backend.locks.inspect({ signal: options.signal }),
    );
  }

  breakLock(name: string, options: BreakLockOptions = {}): Promise<boolean> {
    const check = () => {
      checkKey(name, 'lock name');
      checkHolder(options.holder);
    };
    return this.#calls.run({ operation: 'breakLock', key: name, options, check }, () =>
      this.#backend.locks.breakLock(name, options.holder),
    );
  }

  health(): Promise<Health> {
    return this.#calls.run({ operation: 'health', key: '', options: {} }, async () => {
      try {
        return await this.#backend.health();
      } catch (error) {
        const risk = error instanceof Error ? error.message : String(error);
        return { status: 'unavailable', facts: {}, risks: [risk] };
      }
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @param ended aborted by the end of the iteration */
  #watch(
    watch: NonNullable<DriverBackend['watch']>,
    prefix: string,
    options: WatchOptions,
    ended: AbortSignal,
  ): Iteration<Change> {
    const check = () => {
      normalizePrefix(prefix);
      checkWatchOptions(options);
    };
    return this.#calls.iterate({ operation: 'watch', key: prefix, options, check }, async function* (calls) {
      using either = eitherSignal(calls, ended);
      setMaxListeners(0, either.signal);
      const call = { ...checkWatchOptions(options), signal: either.signal };
      yield* untilEnded(watch(normalizePrefix(prefix), call), ended);
    });
  }

  /** What the caller, or a thread beside it, no longer changes. */
  #ownData(data: Uint8Array): Uint8Array {
    const isSafe = this.#backend.copiesData === true && data.buffer instanceof ArrayBuffer;
    return isSafe || isHandedOver(data) ? data : new Uint8Array(data);
  }

  async #close(): Promise<void> {
    await this.#calls.close();
    try {
      await this.#backend.locks.close();
    } finally {
      await this.#backend.close();
    }
  }
}
