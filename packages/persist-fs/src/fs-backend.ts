import {
  type BackendCall,
  type Document,
  type DriverBackend,
  type Health,
  LeaseLocks,
  type LeaseStorage,
  type Version,
} from '@sandkeep/persist-api';
import { DirectoryFlush } from './directory-flush.js';
import { DocumentTree } from './document-tree.js';
import { inspectFileSystem } from './file-system.js';
import { inspectHealth } from './fs-health.js';
import { NameIndex } from './name-index.js';
import { isProcessGone, processToken } from './process-identity.js';
import { assertPresent, type Root } from './root.js';
import { Staging } from './staging.js';
import { sweep } from './sweep.js';

/** The directory driver: documents in one {@link DocumentTree}, lock records in another. */
export class FsBackend implements DriverBackend {
  readonly name = 'fs';
  readonly capabilities = { shared: true, watch: false, maxDocumentBytes: 64 * 1024 * 1024 };
  readonly locks: LeaseLocks;
  readonly #root: Root;
  readonly #durability: 'full' | 'process';
  readonly #documents: DocumentTree;

  constructor(root: Root, durability: 'full' | 'process') {
    this.#root = root;
    this.#durability = durability;
    const { directory, slots, names, locks, lockNames } = root;
    const { volatile, stableListings } = inspectFileSystem(directory);
    const durable = durability === 'full' && !volatile;
    const staging = new Staging(root, durable);
    this.#documents = new DocumentTree({
      directory,
      slots,
      staging,
      flush: durable ? new DirectoryFlush(directory) : undefined,
      names: stableListings ? undefined : new NameIndex(names),
      assertPresent: () => assertPresent(root),
    });
    const records = new DocumentTree({
      directory: locks,
      slots,
      staging: new Staging(root, false),
      flush: undefined,
      names: stableListings ? undefined : new NameIndex(lockNames),
      assertPresent: () => assertPresent(root),
    });
    this.locks = new LeaseLocks(lockStorage(records));
    sweep(root, staging);
  }

  read(key: string): Promise<Document | undefined> {
    return this.#documents.read(key);
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

  async health(): Promise<Health> {
    return inspectHealth(this.#root, this.#durability);
  }

  async close(): Promise<void> {}
}

/** Lock records need not survive a power loss: it ends every holder, too. */
function lockStorage(records: DocumentTree): LeaseStorage {
  return {
    process: processToken,
    isGone: isProcessGone,
    read: (name) => records.read(name),
    write: (name, data, expect) => records.write(name, data, expect),
    remove: (name, expect) => records.remove(name, expect),
    list: () => records.list('', undefined),
  };
}
