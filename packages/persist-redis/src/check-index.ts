import { parseOptions, type RedisOptions } from './config.js';
import { Connection } from './connection.js';
import { Keyspace } from './keyspace.js';
import { listIndex } from './list-index.js';
import { scanKeys } from './scan-keys.js';
import { indexEntryScript } from './scripts/index-entry.js';
import { ServerCalls } from './server-calls.js';

/** How many keys are compared at a time. */
const batchSize = 100;

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
 * store. It scans the whole server: a tool for after a repair by hand, not for every day.
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
    const compare = async (keys: string[]) => {
      const answers = keys.map((key) => {
        const { document, index } = keyspace.change(key);
        return calls.script(indexEntryScript, [document, index], [key, repair ? '1' : '0']);
      });
      return (await Promise.all(answers)) as string[];
    };
    const found = { checked: 0, unlisted: new Set<string>(), dangling: [] as string[] };
    for await (const keys of batches(listIndex(calls, keyspace.indexes('documents'), { prefix: '' }))) {
      const answers = await compare(keys);
      found.checked += keys.length;
      found.dangling.push(...keys.filter((_, index) => answers[index] === 'dangling'));
    }
    for await (const keys of batches(scanDocuments(connection, calls, keyspace))) {
      const answers = await compare(keys);
      for (const key of keys.filter((_, index) => answers[index] === 'unlisted')) found.unlisted.add(key);
    }
    const unlisted = [...found.unlisted].sort();
    return { checked: found.checked + unlisted.length, unlisted, dangling: found.dangling };
  } finally {
    connection.close();
  }
}

/** The keys of the documents that the servers hold; some twice. */
async function* scanDocuments(connection: Connection, calls: ServerCalls, keyspace: Keyspace): AsyncGenerator<string> {
  for await (const name of scanKeys(calls, connection.masters, keyspace.prefix, '*}:d:*')) {
    const key = name.slice(name.indexOf('}:d:') + 4);
    if (keyspace.document(key) === name) yield key;
  }
}

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
