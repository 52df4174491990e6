import { checkOptions } from '../driver/check-options.js';
import { completeError } from '../driver/complete-error.js';
import { describeValue } from '../driver/invalid-argument.js';
import type { CallOptions, PersistDriver } from '../driver/persist-driver.js';
import { isPersistError } from '../persist-error.js';
import { storeChannel, type TraceContext, traced, tracedUntilEnd } from '../tracing.js';

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
export async function* storeListing(
  driver: PersistDriver,
  { operation, prefix, options }: Omit<StoreCall, 'subject'>,
): AsyncGenerator<string, void, undefined> {
  const trace: TraceContext = { operation, driver: driver.name, key: prefix };
  const end = tracedUntilEnd(storeChannel, trace, options?.signal);
  try {
    checkOptions(options);
    for await (const key of driver.list(prefix, { signal: options.signal })) yield key.slice(prefix.length);
  } catch (thrown) {
    const error = complete(thrown, driver, operation, prefix);
    end({ error });
    throw error;
  } finally {
    end();
  }
}

function complete(error: unknown, driver: PersistDriver, operation: string, key: string): unknown {
  return isPersistError(error) ? completeError(error, { driver: driver.name, operation, key }) : error;
}
