/**
 * Maps items with at most `limit` calls of `map` at a time, and yields the results in the order of the
 * items. It reads no further ahead than that. An error ends it once the calls in flight have settled.
 */
export async function* concurrently<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  limit: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const running: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = map(item);
      result.catch(() => {}); // it is thrown below, when its turn comes
      running.push(result);
      if (running.length >= limit) yield await (running.shift() as Promise<Result>);
    }
    for (let next = running.shift(); next !== undefined; next = running.shift()) yield await next;
  } finally {
    await Promise.allSettled(running);
  }
}
