import { setMaxListeners } from 'node:events';
import { isPersistError, PersistError } from '../persist-error.js';
import { driverChannel, hasSubscribers, type TraceContext, traced, tracedUntilEnd } from '../tracing.js';
import { checkOptions, checkSignal } from './check-options.js';
import { completeError } from './complete-error.js';
import { type EitherSignal, eitherSignal } from './either-signal.js';
import { Iteration } from './iteration.js';
import type { CallOptions } from './persist-driver.js';

/** One call of a driver's method. */
export interface DriverCall {
  readonly operation: string;
  /** The key, prefix or lock name; `''` where the method has none. */
  readonly key: string;
  readonly options: CallOptions;
  /** Checks the arguments, apart from the signal; `options` is an object then. @throws `INVALID_ARGUMENT` */
  readonly check?: () => void;
}

/**
 * What all calls of one driver have in common: arguments are checked and signals looked at before
 * anything else happens, nothing starts once the driver closes, every error has its fields, and every
 * call is traced.
 */
export class DriverCalls {
  readonly #driver: string;
  readonly #isTraced: boolean;
  readonly #closing = new AbortController();
  readonly #idle: (() => void)[] = [];
  #inFlight = 0;
  readonly #iterators = new Set<AsyncIterator<unknown>>();

  constructor(driver: string, isTraced: boolean) {
    this.#driver = driver;
    this.#isTraced = isTraced;
    setMaxListeners(0, this.closing);
  }

  /** Aborted, with a `CLOSED` error, by {@link close}. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** @param bytes how many bytes the call read, for whoever traces it */
  async run<T>(
    call: DriverCall,
    body: (trace: TraceContext) => Promise<T>,
    bytes?: (result: T) => number | undefined,
  ): Promise<T> {
    this.#check(call);
    const trace = this.#trace(call);
    this.#inFlight += 1;
    try {
      if (!this.#isTraced || !hasSubscribers(driverChannel)) return await body(trace);
      return await traced(driverChannel, trace, call.options.signal, async () => {
        const result = await this.#completing(call, () => body(trace));
        const read = bytes?.(result);
        if (read !== undefined) trace.bytes = read;
        return result;
      });
    } catch (error) {
      throw this.#complete(error, call);
    } finally {
      this.#leave();
    }
  }

  /**
   * The iteration is one call; but {@link close} waits for its current step alone, and then ends it.
   * @param open gets a signal that also aborts when the driver closes, for what does not end by itself
   */
  iterate<T>(call: DriverCall, open: (signal: AbortSignal) => AsyncIterable<T>): Iteration<T> {
    let either: EitherSignal | undefined;
    let endTrace: ReturnType<typeof tracedUntilEnd> = () => {};
    let iterator: AsyncIterator<T> | undefined;
    const begin = () => {
      either = eitherSignal(this.closing, call.options.signal);
      if (this.#isTraced) endTrace = tracedUntilEnd(driverChannel, this.#trace(call), call.options.signal);
      return either.signal;
    };
    return new Iteration({
      next: () => {
        if (either === undefined) this.#check(call);
        else this.#checkSignals(call.options);
        const signal = either?.signal ?? begin();
        this.#inFlight += 1;
        try {
          iterator ??= this.#register(open(signal));
          return iterator.next();
        } catch (error) {
          return Promise.reject(error);
        }
      },
      settled: () => this.#leave(),
      toItem: (item) => item,
      toError: (error) => this.#complete(error, call),
      end: async (failure) => {
        endTrace(failure);
        either?.[Symbol.dispose]();
        await this.#completing(call, () => this.#end(iterator));
      },
    });
  }

  /** From now on calls are refused. Resolves when those in flight have ended. */
  async close(): Promise<void> {
    this.#closing.abort(this.#closedError());
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await Promise.allSettled([...this.#iterators].map((iterator) => this.#end(iterator)));
  }

  #check(call: DriverCall): void {
    const { options, check } = call;
    try {
      checkOptions(options);
      check?.();
      checkSignal(options.signal);
      this.#checkSignals(options);
    } catch (error) {
      throw this.#complete(error, call);
    }
  }

  #checkSignals({ signal }: CallOptions): void {
    this.closing.throwIfAborted();
    signal?.throwIfAborted();
  }

  #trace({ operation, key }: DriverCall): TraceContext {
    return { operation, driver: this.#driver, key };
  }

  #register<T>(items: AsyncIterable<T>): AsyncIterator<T> {
    const iterator = items[Symbol.asyncIterator]();
    this.#iterators.add(iterator);
    return iterator;
  }

  async #end(iterator: AsyncIterator<unknown> | undefined): Promise<void> {
    if (iterator === undefined || !this.#iterators.has(iterator)) return;
    try {
      await iterator.return?.();
    } finally {
      this.#iterators.delete(iterator);
    }
  }

  #leave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #completing<T>(call: DriverCall, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw this.#complete(error, call);
    }
  }

  /** The error as the caller gets it: the signal's own reason, or a PersistError with all fields. */
  #complete(error: unknown, { operation, key, options }: DriverCall): unknown {
    const signal = options?.signal;
    if (signal instanceof AbortSignal && signal.aborted && error === signal.reason) return error;
    const isClosed = this.closing.aborted && error === this.closing.reason;
    const complete = isClosed ? this.#closedError() : toPersistError(error, operation);
    const name = typeof key === 'string' && key !== '' ? key : undefined;
    return completeError(complete, { driver: this.#driver, operation, key: name });
  }

  #closedError(): PersistError {
    return new PersistError('CLOSED', `the ${this.#driver} driver is closed`);
  }
}

function toPersistError(error: unknown, operation: string): PersistError {
  if (isPersistError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PersistError('UNAVAILABLE', `${operation} failed: ${message}`, { cause: error });
}
