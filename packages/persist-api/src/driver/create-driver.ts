import type { Lock, LockOptions, LockStatus } from '../lock/lock.js';
import { isPersistError, PersistError } from '../persist-error.js';
import { driverChannel, type TraceContext, traced } from '../tracing.js';
import type { DriverCapabilities } from './capabilities.js';
import type { Change } from './change.js';
import { checkData, checkExpect, checkHolder, checkLockOptions, checkSignal } from './check-options.js';
import type { Document, Version } from './document.js';
import type { DriverBackend } from './driver-backend.js';
import type { Health } from './health.js';
import { checkKey, normalizePrefix } from './key.js';
import type {
  BreakLockOptions,
  CallOptions,
  ListOptions,
  PersistDriver,
  RemoveOptions,
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
  readonly watch?: (prefix: string, options?: CallOptions) => AsyncIterable<Change>;
  readonly #backend: DriverBackend;
  readonly #closing = new AbortController();
  readonly #inFlight = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(backend: DriverBackend) {
    this.#backend = backend;
    this.name = backend.name;
    this.capabilities = backend.capabilities;
    if (backend.watch !== undefined) {
      this.watch = (prefix, { signal } = {}) =>
        this.#iterate('watch', prefix, signal, (checked) => backend.watch?.(checked, { signal }) ?? []);
    }
  }

  read(key: string, { signal }: CallOptions = {}): Promise<Document | undefined> {
    return this.#call('read', key, signal, checkKey, async (trace) => {
      const document = await this.#backend.read(key, { signal });
      if (document !== undefined) trace.bytes = document.data.byteLength;
      return document;
    });
  }

  write(key: string, data: Uint8Array, { expect, signal }: WriteOptions = {}): Promise<Version> {
    const check = (name: unknown) => {
      checkKey(name);
      checkExpect(expect);
      checkData(data, this.capabilities.maxDocumentBytes);
    };
    return this.#call('write', key, signal, check, (trace) => {
      trace.bytes = data.byteLength;
      return this.#backend.write(key, new Uint8Array(data), { expect, signal });
    });
  }

  remove(key: string, { expect, signal }: RemoveOptions = {}): Promise<boolean> {
    const check = (name: unknown) => {
      checkKey(name);
      checkExpect(expect);
    };
    return this.#call('remove', key, signal, check, () => this.#backend.remove(key, { expect, signal }));
  }

  list(prefix: string, { after, signal }: ListOptions = {}): AsyncIterable<string> {
    return this.#iterate('list', prefix, signal, (checked) => {
      if (after !== undefined) checkKey(after, 'after');
      return this.#backend.list(checked, { after, signal });
    });
  }

  lock(name: string, options: LockOptions = {}): Promise<Lock> {
    const { signal } = options;
    return this.#call('lock', name, signal, checkLockName, async () => {
      const request = checkLockOptions(options);
      const closing = this.#closing.signal;
      const either = signal === undefined ? closing : AbortSignal.any([signal, closing]);
      return this.#backend.locks.lock(name, { ...request, signal: either });
    });
  }

  inspectLocks({ signal }: CallOptions = {}): AsyncIterable<LockStatus> {
    return this.#iterate('inspectLocks', '', signal, () => this.#backend.locks.inspect({ signal }));
  }

  breakLock(name: string, { holder, signal }: BreakLockOptions = {}): Promise<boolean> {
    const check = (value: unknown) => {
      checkLockName(value);
      checkHolder(holder);
    };
    return this.#call('breakLock', name, signal, check, () => this.#backend.locks.breakLock(name, holder));
  }

  async health(): Promise<Health> {
    return this.#call(
      'health',
      '',
      undefined,
      () => {},
      async () => {
        try {
          return await this.#backend.health();
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          return { status: 'unavailable', facts: {}, risks: [message] };
        }
      },
    );
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort(this.#closedError());
    await Promise.allSettled(this.#inFlight);
    try {
      await this.#backend.locks.close();
    } finally {
      await this.#backend.close();
    }
  }

  #closedError(): PersistError {
    return new PersistError('CLOSED', `the ${this.name} driver is closed`, { driver: this.name });
  }

  async #call<T>(
    operation: string,
    key: string,
    signal: unknown,
    check: (key: unknown) => void,
    run: (trace: TraceContext) => Promise<T>,
  ): Promise<T> {
    try {
      check(key);
      checkSignal(signal);
      this.#checkOpen(signal);
    } catch (error) {
      throw this.#complete(error, operation, key, signal);
    }
    const trace: TraceContext = { operation, driver: this.name, key };
    const promise = traced(driverChannel, trace, async () => {
      try {
        return await run(trace);
      } catch (error) {
        throw this.#complete(error, operation, key, signal);
      }
    });
    this.#inFlight.add(promise);
    try {
      return await promise;
    } finally {
      this.#inFlight.delete(promise);
    }
  }

  async *#iterate<T>(
    operation: string,
    prefix: string,
    signal: AbortSignal | undefined,
    open: (prefix: string) => AsyncIterable<T> | Iterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    let iterator: AsyncIterator<T> | Iterator<T> | undefined;
    try {
      for (;;) {
        const step = await this.#call(
          operation,
          prefix,
          signal,
          () => {},
          async () => {
            if (iterator === undefined) {
              const items = open(normalizePrefix(prefix));
              iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
            }
            return iterator.next();
          },
        );
        if (step.done) {
          iterator = undefined;
          return;
        }
        yield step.value;
      }
    } finally {
      await iterator?.return?.();
    }
  }

  #checkOpen(signal: AbortSignal | undefined): void {
    if (this.#closing.signal.aborted) throw this.#closedError();
    signal?.throwIfAborted();
  }

  /** The error as the caller gets it: the signal's own reason, or a PersistError with all fields. */
  #complete(error: unknown, operation: string, key: unknown, signal: unknown): unknown {
    if (signal instanceof AbortSignal && signal.aborted && error === signal.reason) return error;
    const complete = isPersistError(error)
      ? error
      : new PersistError(
          'UNAVAILABLE',
          `${operation} failed: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
    const fields = { driver: this.name, operation, ...(typeof key === 'string' && key !== '' ? { key } : {}) };
    for (const [field, value] of Object.entries(fields)) {
      if (complete[field as keyof typeof fields] === undefined) Object.assign(complete, { [field]: value });
    }
    return complete;
  }
}

function checkLockName(value: unknown): asserts value is string {
  checkKey(value, 'lock name');
}
