import type { Redis } from 'ioredis';
import type { ServerCalls } from './server-calls.js';

/** The keys that begin with `start`, and go on as the glob `rest`, on all of these servers; some more than once. */
export async function* scanKeys(
  calls: ServerCalls,
  masters: readonly Redis[],
  start: string,
  rest = '*',
): AsyncGenerator<string, void, undefined> {
  const match = `${start.replace(/[\\*?[\]]/g, '\\$&')}${rest}`;
  for (const master of masters) {
    let cursor = '0';
    do {
      const answer = await calls.on(master).read('scan', [cursor, 'MATCH', match, 'COUNT', '1000'], 'utf8');
      const [next, keys] = answer as [string, string[]];
      cursor = next;
      yield* keys;
    } while (cursor !== '0');
  }
}
