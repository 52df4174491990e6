/**
 * An iteration that may wait for long: unlike a generator's, its `return()` ends a `next()` that is waiting, which is
 * then done.
 * @param open gets a signal that `return()` aborts; see {@link untilEnded}
 */
export function endable<T>(
  open: (ended: AbortSignal) => Pick<AsyncGenerator<T, void>, 'next' | 'return'>,
): AsyncIterableIterator<T> {
  const controller = new AbortController();
  const items = open(controller.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => items.next(),
    return() {
      controller.abort(new Error('the iteration has ended'));
      return items.return();
    },
  };
}

/** The items of an iteration that rejects with the reason of `ended` when that aborts, but without that rejection. */
export async function* untilEnded<T>(items: AsyncIterable<T>, ended: AbortSignal): AsyncGenerator<T, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    if (!ended.aborted || error !== ended.reason) throw error;
  }
}
