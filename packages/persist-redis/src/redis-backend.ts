import {
  type BackendCall,
  type Change,
  type Document,
  type DriverBackend,
  decodeDocument,
  encodeHeader,
  type Finding,
  PersistError,
  type Version,
  type WatchCall,
  watchChanges,
} from '@sandkeep/persist-api';
import { checkStore } from './check-store.js';
import type { Connection } from './connection.js';
import { readHealth } from './health.js';
import type { Keyspace } from './keyspace.js';
import { listIndex } from './list-index.js';
import type { RedisLocks } from './locks/redis-locks.js';
import { newId } from './new-id.js';
import { damaged } from './scripts/history.js';
import { removeScript } from './scripts/remove.js';
import { writeScript } from './scripts/write.js';
import type { ServerCalls } from './server-calls.js';
import { StagingCommand } from './staging-command.js';
import { RedisWatch } from './watch/redis-watch.js';

/** From this size on, in bytes, documents are staged. */
const stagedFrom = 4096;

export interface RedisBackendParts {
  /** The first is the one of most calls. */
  readonly connections: readonly [Connection, ...Connection[]];
  readonly keyspace: Keyspace;
  readonly calls: ServerCalls;
  /** What writes and removals go through. */
  readonly changes: ServerCalls;
  readonly locks: RedisLocks;
  readonly minReplicas: number;
}

/** Documents as strings, each written by one script and read by one command. */
export class RedisBackend implements DriverBackend {
  readonly name = 'redis';
  readonly capabilities = { shared: true, watch: true, maxDocumentBytes: 64 * 1024 * 1024 };
  readonly copiesData = true;
  readonly #parts: RedisBackendParts;

  constructor(parts: RedisBackendParts) {
    this.#parts = parts;
  }

  get locks(): RedisLocks {
    return this.#parts.locks;
  }

  async read(key: string, { signal }: BackendCall): Promise<Document | undefined> {
    const { calls, keyspace } = this.#parts;
    const found = (await calls.read('get', [keyspace.document(key)], null, { signal })) as Buffer | null;
    if (found === null) return undefined;
    const { data, version } = decodeDocument(found);
    return { data: ownBytes(data), version };
  }

  async write(
    key: string,
    data: Uint8Array,
    { expect = '', signal }: BackendCall & { expect: Version | 'absent' | undefined },
  ): Promise<Version> {
    const { changes, keyspace } = this.#parts;
    const { document, history, index, staged } = keyspace.change(key);
    const keys = [document, history, index];
    const attempt = newId();
    const args = [attempt, key, expect];
    const parts = [encodeHeader(attempt, data), data];
    const answer =
      data.byteLength < stagedFrom
        ? await changes.change(writeScript, keys, [...args, Buffer.concat(parts)], { signal })
        : await changes.changeStaged(writeScript, keys, args, new StagingCommand(staged + attempt, parts), { signal });
    outcomeOf(answer);
    return attempt;
  }

  async remove(key: string, { expect = '', signal }: BackendCall & { expect: Version | undefined }): Promise<boolean> {
    const { changes, keyspace } = this.#parts;
    const { document, history, index } = keyspace.change(key);
    const args = [newId(), key, expect];
    return outcomeOf(await changes.change(removeScript, [document, history, index], args, { signal }));
  }

  list(prefix: string, { after, signal }: BackendCall & { after: string | undefined }): AsyncIterable<string> {
    const { calls, keyspace } = this.#parts;
    return listIndex(calls, keyspace.indexes(), { prefix, after, signal });
  }

  watch(prefix: string, call: WatchCall): AsyncIterable<Change> {
    const { calls, keyspace, connections } = this.#parts;
    const source = new RedisWatch({ connection: connections[0], calls, keyspace, prefix });
    return watchChanges(source, prefix, call);
  }

  async health() {
    const { calls, connections, keyspace, minReplicas } = this.#parts;
    // INFO is told to users, too, who may not see documents any more.
    await calls.read('exists', [keyspace.document('health')], null, {});
    return readHealth({ calls, masters: connections[0].masters, partitions: keyspace.partitions, minReplicas });
  }

  check(call: { readonly repair: boolean; readonly signal: AbortSignal | undefined }): AsyncIterable<Finding> {
    const { calls, keyspace, connections } = this.#parts;
    return checkStore({ calls, keyspace, connection: connections[0], ...call });
  }

  async close(): Promise<void> {
    for (const connection of this.#parts.connections) connection.close();
  }
}

/**
 * What the answer of a script means.
 * @returns whether it did anything
 */
function outcomeOf(answer: unknown): boolean {
  const [outcome, version] = String(answer).split(' ', 2);
  if (outcome === 'conflict' && version === damaged) {
    throw new PersistError(
      'CORRUPT',
      'what is under its key is no document, or damaged: a write or removal without a condition replaces it',
    );
  }
  if (outcome === 'conflict') {
    const currentVersion = version === '' ? undefined : version;
    const found = currentVersion === undefined ? 'there is no document' : `it is version ${currentVersion}`;
    throw new PersistError('CONFLICT', `the condition does not hold: ${found}`, { currentVersion });
  }
  if (outcome === 'unknown') {
    throw new PersistError(
      'OUTCOME_UNKNOWN',
      'the connection broke, and the document was changed too often since then to tell whether this was applied',
    );
  }
  return outcome === 'done';
}

/** The bytes; a small document without the network's buffer around it, which it would keep in memory. */
function ownBytes(data: Uint8Array): Uint8Array {
  const isSmall = data.byteLength < data.buffer.byteLength / 8;
  return isSmall ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
