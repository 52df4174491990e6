import type { Change } from '../driver/change.js';
import { checkOptions, checkSignal } from '../driver/check-options.js';
import { completeError } from '../driver/complete-error.js';
import { eitherSignal } from '../driver/either-signal.js';
import { describeValue } from '../driver/invalid-argument.js';
import { Iteration } from '../driver/iteration.js';
import type { CallOptions, PersistDriver } from '../driver/persist-driver.js';
import { isPersistError, PersistError } from '../persist-error.js';
import { storeChannel, type TraceContext, traced, tracedUntilEnd } from '../tracing.js';
import { endable, untilEnded } from '../watch/endable.js';

/** One call of a store's method. */
export interface StoreCall {
  readonly operation: string;
  /** What the keys of the subjects begin with. */
  readonly prefix: string;
  /** A sandbox id or the name of a global, unchecked. */
  readonly subject: unknown;
  /** Unchecked. */
  readonly options: CallOptions;
}

/** Wraps what a caller's own function threw, so that it passes unchanged. */
class CallersError {
  constructor(readonly error: unknown) {}
}

/** Runs one call of a store: checks that its options are an object, traces it, completes its errors. */
export function storeCall<T>(
  driver: PersistDriver,
  { operation, prefix, subject, options }: StoreCall,
  run: (key: string, trace: TraceContext) => Promise<T>,
): Promise<T> {
  const name = typeof subject === 'string' ? subject : describeValue(subject);
  const key = prefix + name;
  const trace: TraceContext = { operation, driver: driver.name, key: name };
  return traced(storeChannel, trace, options?.signal, async () => {
    try {
      checkOptions(options);
      return await run(key, trace);
    } catch (error) {
      if (error instanceof CallersError) throw error.error;
      throw complete(error, driver, operation, key);
    }
  });
}

/** Runs a function of the caller; what it throws leaves {@link storeCall} as it is. */
export async function callersOwn(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw new CallersError(error);
  }
}

/** Lists the subjects with keys that begin with `prefix`; from its first step to its last one call. */
export function storeListing(
  driver: PersistDriver,
  { operation, prefix, options }: Omit<StoreCall, 'subject'>,
): AsyncIterableIterator<string, void, undefined> {
  let endTrace: ReturnType<typeof tracedUntilEnd> = () => {};
  let keys: AsyncIterator<string> | undefined;
  const begin = () => {
    const trace: TraceContext = { operation, driver: driver.name, key: prefix };
    endTrace = tracedUntilEnd(storeChannel, trace, options?.signal);
    checkOptions(options);
    keys = driver.list(prefix, { signal: options.signal })[Symbol.asyncIterator]();
    return keys;
  };
  return new Iteration({
    next: () => (keys ?? begin()).next(),
    toItem: (key) => key.slice(prefix.length),
    toError: (error) => complete(error, driver, operation, prefix),
    async end(failure) {
      try {
        if (failure === undefined) await keys?.return?.();
      } catch (thrown) {
        const error = complete(thrown, driver, operation, prefix);
        endTrace({ error });
        throw error;
      }
      endTrace(failure);
    },
  });
}

/**
 * Watches the subjects with keys that begin with `prefix`; from its first step to its last one call.
 * @throws `UNSUPPORTED` where the driver cannot watch
 */
export function storeWatch<T>(
  driver: PersistDriver,
  { operation, prefix, options }: Omit<StoreCall, 'subject'>,
  tell: (change: Change) => T,
): AsyncIterable<T> {
  return endable(async function* (ended) {
    const trace: TraceContext = { operation, driver: driver.name, key: prefix };
    const end = tracedUntilEnd(storeChannel, trace, options?.signal);
    try {
      checkOptions(options);
      checkSignal(options.signal);
      if (driver.watch === undefined) throw cannotWatch(driver);
      using either = eitherSignal(ended, options.signal);
      const changes = driver.watch(prefix, { ...options, signal: either.signal });
      for await (const change of untilEnded(changes, ended)) yield tell(change);
    } catch (thrown) {
      const error = complete(thrown, driver, operation, prefix);
      end({ error });
      throw error;
    } finally {
      end();
    }
  });
}

function cannotWatch({ name }: PersistDriver): PersistError {
  return new PersistError(
    'UNSUPPORTED',
    `the ${name} driver cannot watch: list and compare revisions now and then, or use a driver with capabilities.watch`,
  );
}

function complete(error: unknown, driver: PersistDriver, operation: string, key: string): unknown {
  return isPersistError(error) ? completeError(error, { driver: driver.name, operation, key }) : error;
}
