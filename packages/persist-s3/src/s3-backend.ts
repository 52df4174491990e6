import {
  type BackendCall,
  type Change,
  type Document,
  type DriverBackend,
  type Finding,
  type Health,
  LeaseLocks,
  type LeaseStorage,
  type Version,
  type WatchCall,
  type WatchFeed,
  watchChanges,
} from '@sandkeep/persist-api';
import { checkStore } from './check-store.js';
import { Documents } from './documents.js';
import type { Store } from './store.js';

export interface S3BackendParts {
  readonly store: Store;
  /** What the keys of the documents' objects begin with. */
  readonly prefix: string;
  readonly sweepAfterMs: number;
  /** How often a watch lists, in milliseconds. */
  readonly watchIntervalMs: number;
  health(): Promise<Health>;
  /** Destroys the client, if it is the driver's own. */
  end(): void;
}

/** Documents as objects below the prefix, the records of locks as objects below `.sandkeep/locks/`. */
export class S3Backend implements DriverBackend {
  readonly name = 's3';
  readonly capabilities = { shared: true, watch: true, maxDocumentBytes: 64 * 1024 * 1024 };
  readonly locks: LeaseLocks;
  readonly #parts: S3BackendParts;
  readonly #documents: Documents;
  readonly #records: Documents;

  constructor(parts: S3BackendParts) {
    const { store, prefix, sweepAfterMs } = parts;
    this.#parts = parts;
    this.#documents = new Documents(store, prefix, sweepAfterMs);
    this.#records = new Documents(store, `${prefix}.sandkeep/locks/`, sweepAfterMs);
    this.locks = new LeaseLocks(lockStorage(this.#records));
  }

  read(key: string, { signal }: BackendCall): Promise<Document | undefined> {
    return this.#documents.read(key, signal);
  }

  write(
    key: string,
    data: Uint8Array,
    { expect, signal }: BackendCall & { expect: Version | 'absent' | undefined },
  ): Promise<Version> {
    return this.#documents.write(key, data, expect, signal);
  }

  remove(key: string, { expect, signal }: BackendCall & { expect: Version | undefined }): Promise<boolean> {
    return this.#documents.remove(key, expect, signal);
  }

  list(prefix: string, { after, signal }: BackendCall & { after: string | undefined }): AsyncIterable<string> {
    return this.#documents.list(prefix, after, signal);
  }

  /** Nothing tells of changes: each poll is a listing, whose ETags are compared. */
  watch(prefix: string, call: WatchCall): AsyncIterable<Change> {
    const list = (_: WatchFeed, signal: AbortSignal) => this.#documents.versions(prefix, signal);
    return watchChanges({ pollMs: this.#parts.watchIntervalMs, list, close: () => {} }, prefix, call);
  }

  health(): Promise<Health> {
    return this.#parts.health();
  }

  check(call: { readonly repair: boolean; readonly signal: AbortSignal | undefined }): AsyncIterable<Finding> {
    const { store, prefix, sweepAfterMs } = this.#parts;
    return checkStore({ store, prefix, sweepAfterMs, ...call });
  }

  async close(): Promise<void> {
    await Promise.all([this.#documents.close(), this.#records.close()]);
    this.#parts.end();
  }
}

function lockStorage(records: Documents): LeaseStorage {
  return {
    read: (name) => records.read(name),
    write: (name, data, expect) => records.write(name, data, expect),
    remove: (name, expect) => records.remove(name, expect),
    list: () => records.list(''),
  };
}
