import { compareIndex } from './compare-index.js';
import { parseOptions, type RedisOptions } from './config.js';
import { Connection } from './connection.js';
import { Keyspace } from './keyspace.js';
import { ServerCalls } from './server-calls.js';

/** What {@link checkIndex} found. */
export interface IndexReport {
  /** How many keys have a document, an index entry, or both. */
  readonly checked: number;
  /** Documents that `list` does not show. */
  readonly unlisted: readonly string[];
  /** Keys that `list` shows, and that have no document. */
  readonly dangling: readonly string[];
}

/**
 * Compares the index with the documents, key by key and each atomically, while others may use the
 * store. It scans the whole server: a tool for after a repair by hand, not for every day. The driver's `check`
 * does the same.
 * @param options `repair`: make the index right. The others are those of `openRedisDriver`
 * @throws as `openRedisDriver`
 */
export async function checkIndex({
  repair = false,
  ...options
}: RedisOptions & { repair?: boolean }): Promise<IndexReport> {
  const config = parseOptions(options);
  const connection = Connection.open(config);
  try {
    const calls = new ServerCalls(connection, config.commandTimeoutMs);
    const keyspace = await Keyspace.open(calls, connection.keyPrefix, config.namespace);
    let checked = 0;
    const unlisted: string[] = [];
    const dangling: string[] = [];
    for await (const { key, state } of compareIndex({ calls, connection, keyspace, repair })) {
      checked += 1;
      if (state === 'unlisted') unlisted.push(key);
      if (state === 'dangling') dangling.push(key);
    }
    return { checked, unlisted: unlisted.sort(), dangling };
  } finally {
    connection.close();
  }
}
