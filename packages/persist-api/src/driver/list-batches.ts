import { itemsOf } from './items-of.js';

const batchSize = 500;

/**
 * A listing in batches, so that memory stays flat and nothing is held open between them.
 * @param after where to begin
 * @param batch the first so many items after another, in ascending order
 */
export function listBatches(
  after: string,
  signal: AbortSignal | undefined,
  batch: (after: string, limit: number) => string[] | Promise<string[]>,
): AsyncIterableIterator<string, void, undefined> {
  return itemsOf(takeBatches(after, signal, batch));
}

async function* takeBatches(
  after: string,
  signal: AbortSignal | undefined,
  batch: (after: string, limit: number) => string[] | Promise<string[]>,
): AsyncGenerator<string[], void, undefined> {
  let start = after;
  for (let count = batchSize; count === batchSize; ) {
    signal?.throwIfAborted();
    const items = await batch(start, batchSize);
    yield items;
    count = items.length;
    start = items.at(-1) ?? start;
  }
}
