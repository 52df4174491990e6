import { dirname, join } from 'node:path';
import {
  flushDirectory,
  HeldFile,
  isPersistError,
  openDirectory,
  PendingCalls,
  PersistError,
  VersionBlocks,
} from '@sandkeep/persist-api';
import { open, type RootDatabase } from 'lmdb';
import { checkDataFile } from './check-data-file.js';

type Database = RootDatabase<Buffer, Uint8Array>;

/** Is kept under `marker`, whose version counts the blocks of versions that were handed out. */
const format = Buffer.from('{"sandkeep-lmdb":1}');
const marker = Buffer.from('sandkeep');

const layout = { encoding: 'binary', keyEncoding: 'binary', useVersions: true, noSubdir: false } as const;
/**
 * Without overlapping syncs a write is on the disk before anybody can read it. With batches by event turn a failed
 * commit would reject a promise of the binding's own, which nobody can handle and which ends the process.
 */
const durable = { overlappingSync: false, eventTurnBatching: false, txnStartThreshold: 1000, permissionsMode: 0o600 };

/** The numbers of LMDB's errors (lmdb.h) for pages that are missing or damaged. */
const corrupt: unknown[] = [-30_797, -30_796];

/** An LMDB environment, as one instance of the driver has it open. */
export class LmdbEnvironment {
  readonly versions = new VersionBlocks(() => this.#takeBlock());
  readonly #root: string;
  readonly #db: Database;
  readonly #file: HeldFile;
  readonly #writes = new PendingCalls();

  private constructor(root: string) {
    this.#root = root;
    this.#db = open<Buffer, Uint8Array>({ path: root, ...layout, ...durable });
    this.#file = new HeldFile(join(root, 'data.mdb'));
  }

  /** @throws as {@link openLmdbDriver} */
  static async open(root: string, create: boolean): Promise<LmdbEnvironment> {
    const isNew = await openDirectory(root, ['data.mdb', 'lock.mdb'], create);
    if (!isNew) await checkDataFile(join(root, 'data.mdb'));
    const environment = new LmdbEnvironment(root);
    await environment.#claim();
    if (isNew) await Promise.all([root, dirname(root)].map(flushDirectory));
    return environment;
  }

  /** Runs `get` on what is committed now. */
  read<T>(get: (db: Database) => T): T {
    try {
      this.#file.assertPresent();
      this.#db.resetReadTxn();
      return get(this.#db);
    } catch (error) {
      throw toPersistError(error, this.#root);
    }
  }

  /** Resolves once `put` is on the disk: with true, or with false if its condition did not hold. */
  async write(put: (db: Database) => Promise<boolean>): Promise<boolean> {
    this.read((db) => db.doesExist(marker));
    try {
      return await this.#writes.run(() => put(this.#db));
    } catch (error) {
      if (isPersistError(error)) throw error;
      const cause = await (error as { commitError?: Promise<never> }).commitError?.catch((reason: unknown) => reason);
      const failure = toPersistError(cause ?? error, this.#root);
      if (!this.#isBroken()) throw failure;
      this.#writes.failAll(failure);
      throw new PersistError('OUTCOME_UNKNOWN', `${failure.message}; restart this process`, { cause });
    }
  }

  async close(): Promise<void> {
    if (!this.#isBroken()) await this.#db.close();
  }

  async #claim(): Promise<void> {
    const [first] = this.read((db) => [...db.getKeys({ limit: 1 })]);
    if (first === undefined) await this.write((db) => db.put(marker, format, 1, null as never));
    if (this.read((db) => db.getBinary(marker))?.equals(format)) return;
    await this.close();
    throw new PersistError('FORMAT_UNSUPPORTED', `${this.#root} is of another program or version`);
  }

  async #takeBlock(): Promise<number | undefined> {
    const { version } = this.read((db) => db.getEntry(marker)) as { version: number };
    return (await this.write((db) => db.put(marker, format, version + 1, version))) ? version : undefined;
  }

  /** After the header of the data file could not be written: LMDB neither reads nor writes any more. */
  #isBroken(): boolean {
    try {
      this.#db.resetReadTxn();
      this.#db.doesExist(marker);
      return false;
    } catch {
      return true;
    }
  }
}

/** As a {@link PersistError} that names the directory; `UNAVAILABLE` where nothing better is known. */
function toPersistError(cause: unknown, root: string): PersistError {
  if (isPersistError(cause)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const isCorrupt = corrupt.includes(code);
  return new PersistError(isCorrupt ? 'CORRUPT' : 'UNAVAILABLE', `the LMDB store ${root}: ${message}`, { cause });
}
