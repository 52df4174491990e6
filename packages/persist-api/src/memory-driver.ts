import type { Change } from './driver/change.js';
import { createDriver } from './driver/create-driver.js';
import type { Document, Version } from './driver/document.js';
import type { DriverBackend, WatchCall } from './driver/driver-backend.js';
import { checkExpectation } from './driver/expectation.js';
import type { PersistDriver } from './driver/persist-driver.js';
import { LeaseLocks } from './lock/lease-locks.js';
import type { LeaseStorage } from './lock/lease-storage.js';
import { watchChanges } from './watch/watch-changes.js';
import type { ListedVersion, WatchFeed, WatchSource } from './watch/watch-source.js';

/** Documents in this process' memory, which any number of {@link memoryDriver} instances can share. */
export class MemoryStorage {
  /** @internal */
  readonly documents = new MemoryDocuments();
  /** @internal */
  readonly locks = new MemoryDocuments();
}

/** What a {@link memoryDriver} keeps its documents in. */
export interface MemoryDriverOptions {
  /** What the driver keeps its documents in. @default a storage of its own */
  readonly storage?: MemoryStorage | undefined;
}

/**
 * A driver that keeps everything in this process, for unit tests: it has the whole contract, except
 * that nothing survives the process. Two instances on one {@link MemoryStorage} see each other.
 */
export function memoryDriver({ storage = new MemoryStorage() }: MemoryDriverOptions = {}): PersistDriver {
  return createDriver(new MemoryBackend(storage));
}

class MemoryBackend implements DriverBackend {
  readonly name = 'memory';
  readonly capabilities = { shared: false, watch: true, maxDocumentBytes: 64 * 1024 * 1024 };
  readonly locks: LeaseLocks;
  readonly #documents: MemoryDocuments;

  constructor({ documents, locks }: MemoryStorage) {
    this.#documents = documents;
    this.locks = new LeaseLocks(locks);
  }

  async read(key: string): Promise<Document | undefined> {
    return this.#documents.read(key);
  }

  async write(key: string, data: Uint8Array, { expect }: { expect: Version | 'absent' | undefined }): Promise<Version> {
    return this.#documents.write(key, data, expect);
  }

  async remove(key: string, { expect }: { expect: Version | undefined }): Promise<boolean> {
    return this.#documents.remove(key, expect);
  }

  async *list(prefix: string, { after = '' }: { after: string | undefined }): AsyncGenerator<string> {
    yield* this.#documents
      .keys()
      .filter((key) => key.startsWith(prefix) && key > after)
      .sort();
  }

  watch(prefix: string, call: WatchCall): AsyncIterable<Change> {
    return watchChanges(new MemoryWatch(this.#documents, prefix), prefix, call);
  }

  async health() {
    const risks = ['Nothing survives this process: use this driver for tests only.'];
    return { status: 'ok' as const, facts: { durability: 'none' }, risks };
  }

  async close(): Promise<void> {}
}

class MemoryWatch implements WatchSource {
  readonly #documents: MemoryDocuments;
  readonly #prefix: string;
  #feed: WatchFeed | undefined;

  constructor(documents: MemoryDocuments, prefix: string) {
    this.#documents = documents;
    this.#prefix = prefix;
  }

  async *list(feed: WatchFeed): AsyncGenerator<ListedVersion> {
    this.#feed = feed;
    this.#documents.watchers.add(feed);
    yield* this.#documents.versions(this.#prefix);
  }

  close(): void {
    if (this.#feed !== undefined) this.#documents.watchers.delete(this.#feed);
  }
}

class MemoryDocuments implements LeaseStorage {
  /** Are told of every change. */
  readonly watchers = new Set<WatchFeed>();
  readonly #byKey = new Map<string, Document>();
  #writes = 0;

  async read(key: string): Promise<Document | undefined> {
    const document = this.#byKey.get(key);
    return document && { data: new Uint8Array(document.data), version: document.version };
  }

  async write(key: string, data: Uint8Array, expect: Version | 'absent' | undefined): Promise<Version> {
    checkExpectation(expect, this.#byKey.get(key)?.version);
    this.#writes += 1;
    const version = `m${this.#writes}`;
    this.#byKey.set(key, { data, version });
    for (const watcher of this.watchers) watcher.tell({ key, type: 'written', version });
    return version;
  }

  async remove(key: string, expect: Version | undefined): Promise<boolean> {
    checkExpectation(expect, this.#byKey.get(key)?.version);
    const existed = this.#byKey.delete(key);
    if (existed) for (const watcher of this.watchers) watcher.tell({ key, type: 'removed' });
    return existed;
  }

  /** The versions of the documents whose keys begin with `prefix`. */
  versions(prefix: string): ListedVersion[] {
    const documents = [...this.#byKey].map(([key, { version }]) => ({ key, version }));
    return documents.filter(({ key }) => key.startsWith(prefix));
  }

  keys(): string[] {
    return [...this.#byKey.keys()];
  }

  async *list(): AsyncGenerator<string> {
    yield* this.keys().sort();
  }
}
