import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `holds` gives something else than false or undefined, and gives that. An error counts as not yet. */
export async function eventually<T>(
  what: string,
  holds: () => Promise<T | false | undefined> | T | false | undefined,
  withinMs = 30_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  let latest: unknown;
  for (;;) {
    try {
      const found = await holds();
      if (found !== false && found !== undefined) return found;
      latest = undefined;
    } catch (error) {
      latest = error;
    }
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`, { cause: latest });
    await delay(20);
  }
}
