import { Iteration } from './iteration.js';

/**
 * The items of batches, one by one: for less than half of what it costs to `yield*` them.
 * @param batches is returned when the iteration ends early
 */
export function itemsOf<T>(
  batches: AsyncGenerator<readonly T[], void, undefined>,
): AsyncIterableIterator<T, void, undefined> {
  let left: Iterator<T> = [][Symbol.iterator]();
  const fill = async (): Promise<IteratorResult<T, unknown>> => {
    for (;;) {
      const { done, value: batch } = await batches.next();
      if (done === true) return { done, value: undefined };
      left = batch[Symbol.iterator]();
      const item = left.next();
      if (item.done !== true) return item;
    }
  };
  return new Iteration({
    next() {
      const item = left.next();
      return item.done === true ? fill() : Promise.resolve(item);
    },
    toItem: (item) => item,
    async end() {
      await batches.return();
    },
  });
}
