import type { Connection } from './connection.js';
import type { Keyspace } from './keyspace.js';
import { listIndex } from './list-index.js';
import { scanKeys } from './scan-keys.js';
import { indexEntryScript } from './scripts/index-entry.js';
import type { ServerCalls } from './server-calls.js';

/** How many keys are compared at a time. */
const batchSize = 100;

/** `unlisted`: a document without an index entry; `dangling`: an entry without a document. */
export interface ComparedKey {
  readonly key: string;
  readonly state: 'fine' | 'unlisted' | 'dangling';
}

export interface ComparisonParts {
  readonly calls: ServerCalls;
  readonly connection: Connection;
  readonly keyspace: Keyspace;
  readonly repair: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares the index with the documents, key by key and each atomically, while others may use the store:
 * first every entry, then every document that the servers hold, of which it gives only those without an entry, each once.
 */
export async function* compareIndex(parts: ComparisonParts): AsyncGenerator<ComparedKey, void, undefined> {
  const { calls, keyspace, signal } = parts;
  for await (const keys of batches(listIndex(calls, keyspace.indexes(), { prefix: '', signal }))) {
    yield* await compare(keys, parts);
  }
  const unlisted = new Set<string>();
  for await (const keys of batches(scanDocuments(parts))) {
    for (const found of await compare(keys, parts)) {
      if (found.state !== 'unlisted' || unlisted.has(found.key)) continue;
      unlisted.add(found.key);
      yield found;
    }
  }
}

async function compare(
  keys: readonly string[],
  { calls, keyspace, repair, signal }: ComparisonParts,
): Promise<ComparedKey[]> {
  signal?.throwIfAborted();
  return Promise.all(
    keys.map(async (key) => {
      const { document, index } = keyspace.change(key);
      const state = await calls.script(indexEntryScript, [document, index], [key, repair ? '1' : '0']);
      return { key, state: state as ComparedKey['state'] };
    }),
  );
}

/** The keys of the documents that the servers hold; some twice. */
async function* scanDocuments({ connection, calls, keyspace }: ComparisonParts): AsyncGenerator<string> {
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
