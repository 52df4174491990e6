import { crc32 } from 'node:zlib';
import { type BackendCall, type Document, type DriverBackend, PersistError, type Version } from '@sandkeep/persist-api';
import { newAttemptId } from './attempt-id.js';
import type { Connection } from './connection.js';
import { readHealth } from './health.js';
import type { Keyspace } from './keyspace.js';
import { listIndex } from './list-index.js';
import type { RedisLocks } from './locks/redis-locks.js';
import { removeScript } from './scripts/remove.js';
import type { Script } from './scripts/script.js';
import { writeScript } from './scripts/write.js';
import type { ServerCalls } from './server-calls.js';

export interface RedisBackendParts {
  readonly connections: readonly Connection[];
  readonly keyspace: Keyspace;
  readonly calls: ServerCalls;
  /** What writes and removals go through. */
  readonly changes: ServerCalls;
  readonly locks: RedisLocks;
  readonly minReplicas: number;
}

/** Documents as hashes, each written by one script and read by one command. */
export class RedisBackend implements DriverBackend {
  readonly name = 'redis';
  readonly capabilities = { shared: true, watch: false, maxDocumentBytes: 64 * 1024 * 1024 };
  readonly #parts: RedisBackendParts;

  constructor(parts: RedisBackendParts) {
    this.#parts = parts;
  }

  get locks(): RedisLocks {
    return this.#parts.locks;
  }

  async read(key: string, { signal }: BackendCall): Promise<Document | undefined> {
    const { calls, keyspace } = this.#parts;
    const [document] = keyspace.document(key);
    const found = (await calls.read('hmget', [document, 'v', 'c', 'd'], null, { signal })) as (Buffer | null)[];
    const [version, checksum, data] = found;
    if (!version && !checksum && !data) return undefined;
    if (!version || !checksum || !data) throw corrupt('fields are missing from its hash');
    if (checksum.toString('latin1') !== checksumOf(data)) throw corrupt('its checksum does not match');
    return { data: ownBytes(data), version: version.toString('latin1') };
  }

  async write(
    key: string,
    data: Uint8Array,
    { expect, signal }: BackendCall & { expect: Version | 'absent' | undefined },
  ): Promise<Version> {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const attempt = newAttemptId();
    await this.#change(writeScript, key, [attempt, key, expect ?? '', bytes, checksumOf(data)], signal);
    return attempt;
  }

  async remove(key: string, { expect, signal }: BackendCall & { expect: Version | undefined }): Promise<boolean> {
    return this.#change(removeScript, key, [newAttemptId(), key, expect ?? ''], signal);
  }

  list(prefix: string, { after, signal }: BackendCall & { after: string | undefined }): AsyncIterable<string> {
    const { calls, keyspace } = this.#parts;
    return listIndex(calls, keyspace.indexes('documents'), { prefix, after, signal });
  }

  health() {
    const { calls, connections, keyspace, minReplicas } = this.#parts;
    return readHealth({ calls, masters: connections[0]?.masters ?? [], partitions: keyspace.partitions, minReplicas });
  }

  async close(): Promise<void> {
    for (const connection of this.#parts.connections) connection.close();
  }

  /** @returns whether it did anything */
  async #change(
    script: Script,
    key: string,
    args: (string | Buffer)[],
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { changes, keyspace } = this.#parts;
    const answer = (await changes.change(script, keyspace.document(key), args, { signal })) as string[];
    const [outcome, version] = answer;
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
}

/** The bytes; a small document without the network's buffer around it, which it would keep in memory. */
function ownBytes(data: Buffer): Uint8Array {
  const isSmall = data.byteLength < data.buffer.byteLength / 8;
  return isSmall ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function checksumOf(data: Uint8Array): string {
  return crc32(data).toString(16).padStart(8, '0');
}

function corrupt(reason: string): PersistError {
  return new PersistError('CORRUPT', `the document is damaged: ${reason}`);
}
