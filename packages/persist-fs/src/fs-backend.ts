import type { FileSystem } from '@sandkeep/persist-api';
import {
  type BackendCall,
  type Change,
  type Document,
  type DriverBackend,
  type Finding,
  type Health,
  isProcessGone,
  LeaseLocks,
  type LeaseStorage,
  processToken,
  type Version,
  type WatchCall,
  watchChanges,
} from '@sandkeep/persist-api';
import { checkRoot, type RootCheck } from './check-root.js';
import { DirectoryFlush } from './directory-flush.js';
import { DocumentTree, type DocumentTreeOptions } from './document-tree.js';
import { inspectHealth } from './fs-health.js';
import { NameIndex } from './name-index.js';
import { RemovalReserve } from './removal-reserve.js';
import { assertPresent, type Root } from './root.js';
import { Staging } from './staging.js';
import { FsWatch } from './watch/fs-watch.js';

/** The directory driver: documents in one {@link DocumentTree}, lock records in another. */
export class FsBackend implements DriverBackend {
  readonly name = 'fs';
  readonly capabilities = { shared: true, watch: true, maxDocumentBytes: 64 * 1024 * 1024 };
  readonly locks: LeaseLocks;
  readonly #root: Root;
  readonly #durability: 'full' | 'process';
  readonly #documents: DocumentTree;
  readonly #trees: readonly DocumentTreeOptions[];

  constructor(root: Root, durability: 'full' | 'process', fileSystem: FileSystem) {
    this.#root = root;
    this.#durability = durability;
    const isDurable = durability === 'full' && !fileSystem.isVolatile;
    const common = {
      slots: root.slots,
      staging: new Staging(root.staged),
      reserve: new RemovalReserve(root.spare),
      assertPresent: () => assertPresent(root),
    };
    const documents: DocumentTreeOptions = {
      ...common,
      id: 'documents',
      directory: root.directory,
      flushFiles: isDurable ? 'all' : 'none',
      flush: isDurable ? new DirectoryFlush(root.directory) : undefined,
      names: fileSystem.hasStableListings ? undefined : new NameIndex(root.names),
    };
    // Lock records need not survive a power loss, which ends every holder, too; but they must not be torn by it.
    const records: DocumentTreeOptions = {
      ...common,
      id: 'locks',
      directory: root.locks,
      flushFiles: fileSystem.isVolatile ? 'none' : fileSystem.flushesReplacements ? 'new' : 'all',
      flush: undefined,
      names: fileSystem.hasStableListings ? undefined : new NameIndex(root.lockNames),
    };
    this.#documents = new DocumentTree(documents);
    this.#trees = [documents, records];
    this.locks = new LeaseLocks(lockStorage(new DocumentTree(records)));
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

  watch(prefix: string, call: WatchCall): AsyncIterable<Change> {
    const { directory } = this.#root;
    const source = new FsWatch({ directory, prefix, assertPresent: () => assertPresent(this.#root) });
    return watchChanges(source, prefix, call);
  }

  async health(): Promise<Health> {
    return inspectHealth(this.#root, this.#durability);
  }

  check(call: RootCheck): AsyncIterable<Finding> {
    return checkRoot(this.#root, this.#trees, call);
  }

  async close(): Promise<void> {}
}

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
