import { statSync } from 'node:fs';
import { mkdir, open as openFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Health, inspectFileSystem, isPersistError, PersistError } from '@sandkeep/persist-api';
import { open, type RootDatabase } from 'lmdb';
import { checkFiles } from './check-files.js';
import { toPersistError } from './lmdb-error.js';

type Database = RootDatabase<Buffer, Uint8Array>;

/** Is kept under `marker`, whose version counts the blocks of versions that were handed out. */
const format = '{"sandkeep-lmdb":1}';
const marker = Buffer.from('sandkeep');
const versionsPerBlock = 65_536;
const lowSpaceBytes = 64 * 1024 * 1024;

/** An LMDB environment, as one instance of the driver has it open. */
export class LmdbEnvironment {
  readonly #root: string;
  readonly #db: Database;
  readonly #file: string | undefined;
  /** They reject the writes that wait for their commit. */
  readonly #waiting = new Set<(error: PersistError) => void>();
  #isPresent = false;
  #nextVersion = 0;
  #takingBlock: Promise<void> | undefined;

  private constructor(root: string) {
    this.#root = root;
    // Without overlapping syncs a write is on the disk before anybody can read it. With batches by event turn a failed
    // commit would reject a promise of the binding's own, which nobody can handle and which ends the process.
    const durable = {
      overlappingSync: false,
      eventTurnBatching: false,
      txnStartThreshold: 1000,
      permissionsMode: 0o600,
    };
    const layout = { encoding: 'binary', keyEncoding: 'binary', useVersions: true, noSubdir: false } as const;
    this.#db = open<Buffer, Uint8Array>({ path: root, ...layout, ...durable });
    this.#file = dataFile(root);
  }

  /** @throws as {@link openLmdbDriver} */
  static async open(root: string, create: boolean): Promise<LmdbEnvironment> {
    try {
      if (create) await mkdir(root, { recursive: true, mode: 0o700 });
      const files = (await readdir(root)).filter((file) => file !== 'lost+found');
      const isNew = !files.includes('data.mdb');
      if (isNew && files.length > 0) throw new PersistError('FORMAT_UNSUPPORTED', `${root} is not empty, and no store`);
      const { isNetwork, type } = inspectFileSystem(root);
      if (isNetwork) throw new PersistError('UNSUPPORTED', `${root} is on ${type}, where LMDB cannot keep it safe`);
      await checkFiles(
        root,
        files.filter((file) => file.endsWith('.mdb')),
      );
      const environment = new LmdbEnvironment(root);
      await environment.#claim();
      if (isNew) await Promise.all([root, dirname(root)].map(flush));
      return environment;
    } catch (error) {
      throw Object.assign(toPersistError(error, root), { driver: 'lmdb', operation: 'open' });
    }
  }

  /** Runs `get` on what is committed now. */
  read<T>(get: (db: Database) => T): T {
    try {
      this.#checkPresent();
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
      return await new Promise((resolve, reject) => {
        this.#waiting.add(reject);
        put(this.#db)
          .then(resolve, reject)
          .finally(() => this.#waiting.delete(reject));
      });
    } catch (error) {
      if (isPersistError(error)) throw error;
      const cause = await (error as { commitError?: Promise<never> }).commitError?.catch((reason: unknown) => reason);
      const failure = toPersistError(cause ?? error, this.#root);
      if (!this.#isBroken()) throw failure;
      for (const reject of this.#waiting) reject(failure);
      throw new PersistError('OUTCOME_UNKNOWN', `${failure.message}; restart this process`, { cause });
    }
  }

  /** A number that no other write has, of whatever process and at whatever time. */
  async nextVersion(): Promise<number> {
    while (this.#nextVersion % versionsPerBlock === 0) await (this.#takingBlock ??= this.#takeBlock());
    return this.#nextVersion++;
  }

  async health(): Promise<Health> {
    const { isVolatile, type, freeBytes } = inspectFileSystem(this.#root);
    this.read((db) => db.doesExist(marker));
    const risks = isVolatile ? [`The root is on ${type}: a reboot or power loss takes everything. Use a disk.`] : [];
    if (freeBytes < lowSpaceBytes) risks.push(`Only ${freeBytes} bytes are free: writes will soon fail. Make room.`);
    const facts = { root: this.#root, durability: 'full', fileSystem: type, freeBytes };
    return { status: risks.length > 0 ? 'at-risk' : 'ok', facts, risks };
  }

  async close(): Promise<void> {
    if (!this.#isBroken()) await this.#db.close();
  }

  /** Looks once in each turn of the event loop. */
  #checkPresent(): void {
    if (this.#isPresent) return;
    if (dataFile(this.#root) !== this.#file) throw new Error('its data file was removed or replaced');
    this.#isPresent = true;
    setImmediate(() => {
      this.#isPresent = false;
    });
  }

  async #claim(): Promise<void> {
    const [first] = this.read((db) => [...db.getKeys({ limit: 1 })]);
    if (first === undefined) await this.write((db) => db.put(marker, Buffer.from(format), 1, null as never));
    if (this.read((db) => db.getBinary(marker))?.toString() === format) return;
    await this.close();
    throw new PersistError('FORMAT_UNSUPPORTED', `${this.#root} is of another program or version`);
  }

  /** Comes to nothing if another instance takes it first. */
  async #takeBlock(): Promise<void> {
    try {
      const { version: block } = this.read((db) => db.getEntry(marker)) as { version: number };
      const isTaken = await this.write((db) => db.put(marker, Buffer.from(format), block + 1, block));
      if (isTaken) this.#nextVersion = block * versionsPerBlock + 1;
    } finally {
      this.#takingBlock = undefined;
    }
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

function dataFile(root: string): string | undefined {
  const stats = statSync(join(root, 'data.mdb'), { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

async function flush(directory: string): Promise<void> {
  const handle = await openFile(directory);
  await handle.sync().finally(() => handle.close());
}
