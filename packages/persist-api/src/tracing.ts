import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import { isPersistError } from './persist-error.js';

/** What a subscriber of `sandkeep:driver` or `sandkeep:store` receives with each event. */
export interface TraceContext {
  /** `read`, `write`, `remove`, `list`, `lock`, … or the store's `save`, `load`, `update`, `destroy`. */
  readonly operation: string;
  readonly driver: string;
  /** The key, prefix, lock name or sandbox id. */
  readonly key: string;
  /** Bytes read or written, once known. */
  bytes?: number;
  /** With the store's `update`: how often it was tried. */
  attempt?: number;
  /**
   * `ok`; the code of a PersistError; `aborted`, by the call's own signal; or `error`, such as one that a
   * function of the caller threw. Set when the operation has ended.
   */
  outcome?: string;
}

/** Traces every call of every driver that {@link createDriver} made. */
export const driverChannel: TracingChannel<unknown, TraceContext> = tracingChannel('sandkeep:driver');
/** Traces every call of every store. */
export const storeChannel: TracingChannel<unknown, TraceContext> = tracingChannel('sandkeep:store');

/**
 * Runs `run` as one traced operation; without a subscriber it costs one check.
 * @param signal aborts the operation
 */
export function traced<T>(
  channel: TracingChannel<unknown, TraceContext>,
  context: TraceContext,
  signal: AbortSignal | undefined,
  run: () => Promise<T>,
): Promise<T> {
  if (!hasSubscribers(channel)) return run();
  return channel.tracePromise(async () => {
    try {
      const result = await run();
      context.outcome = 'ok';
      return result;
    } catch (error) {
      context.outcome = outcomeOf(error, signal);
      throw error;
    }
  }, context);
}

/**
 * Traces an operation that goes on until the returned function is called: with the error in which it
 * ended, or without.
 */
export function tracedUntilEnd(
  channel: TracingChannel<unknown, TraceContext>,
  context: TraceContext,
  signal: AbortSignal | undefined,
): (failure?: { error: unknown }) => void {
  let end: (failure?: { error: unknown }) => void = () => {};
  if (hasSubscribers(channel)) {
    const whole = () =>
      new Promise<void>((resolve, reject) => {
        end = (failure) => (failure === undefined ? resolve() : reject(failure.error));
      });
    traced(channel, context, signal, whole).catch(() => {});
  }
  return end;
}

function outcomeOf(error: unknown, signal: AbortSignal | undefined): string {
  if (isPersistError(error)) return error.code;
  return signal?.aborted === true && error === signal.reason ? 'aborted' : 'error';
}

/** `TracingChannel.hasSubscribers` came with Node 22. */
export function hasSubscribers(channel: TracingChannel<unknown, TraceContext>): boolean {
  const { start, end, asyncStart, asyncEnd, error } = channel;
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  );
}
