import type { PersistDriver } from '../driver/persist-driver.js';
import { isPersistError } from '../persist-error.js';
import { storeChannel, type TraceContext, traced } from '../tracing.js';

/** Wraps what a caller's own function threw, so that it passes unchanged. */
class CallersError {
  constructor(readonly error: unknown) {}
}

/**
 * Runs one call of a store: traces it, and gives every {@link PersistError} its fields.
 * @param subject what the call is about, for the trace: a sandbox id or the name of a global
 * @param key the same as a key, for the error
 */
export function storeCall<T>(
  driver: PersistDriver,
  operation: string,
  subject: unknown,
  key: string,
  run: (trace: TraceContext) => Promise<T>,
): Promise<T> {
  const trace: TraceContext = { operation, driver: driver.name, key: String(subject) };
  return traced(storeChannel, trace, async () => {
    try {
      return await run(trace);
    } catch (error) {
      if (error instanceof CallersError) throw error.error;
      if (!isPersistError(error)) throw error;
      const { driver: driverName = driver.name, operation: name = operation, key: errorKey = key } = error;
      throw Object.assign(error, { driver: driverName, operation: name, key: errorKey });
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

/** An iterable whose every step is one call. */
export async function* storeIteration(
  driver: PersistDriver,
  operation: string,
  prefix: string,
  open: () => AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  let iterator: AsyncIterator<string> | undefined;
  try {
    for (;;) {
      const step = await storeCall(driver, operation, prefix, prefix, async () => {
        iterator ??= open()[Symbol.asyncIterator]();
        return iterator.next();
      });
      if (step.done) {
        iterator = undefined;
        return;
      }
      yield step.value.slice(prefix.length);
    }
  } finally {
    await iterator?.return?.();
  }
}
