import {
  closeSync,
  fstatSync,
  fsync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  writev,
  writevSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { PersistError } from '@sandkeep/persist-api';
import { errnoOf, fromErrno } from './errors.js';
import { RemovalReserve } from './removal-reserve.js';
import type { Root } from './root.js';

const flushFile = promisify(fsync);
/** Of a file that is not in its directory yet. */
export const draftSuffix = '.draft';

/**
 * Up to this many bytes a write to the page cache takes less time than the trip to the thread pool
 * that would keep it off the main thread.
 */
const synchronousBytes = 256 * 1024;

/**
 * Where an attempt prepares what it will commit: a directory of its own, which it then moves into the
 * slot as a whole. What a dead process left here is garbage.
 */
export class Staging {
  readonly #directory: string;
  readonly #durable: boolean;
  readonly #reserve: RemovalReserve;

  /** @param durable whether a staged file is flushed */
  constructor({ staged, spare }: Root, durable: boolean) {
    this.#directory = staged;
    this.#durable = durable;
    this.#reserve = new RemovalReserve(spare);
    this.#reserve.replenish();
  }

  /** The directory of `attempt`. */
  path(attempt: string): string {
    return `${this.#directory}/${attempt}`;
  }

  /**
   * Makes `<attempt>/<attempt>`, a file of these chunks, flushed. It is flushed before it is put into
   * its directory: a flush can have to flush the new directories above the file, too.
   */
  async stageFile(attempt: string, chunks: readonly Uint8Array[]): Promise<void> {
    const draft = this.#draft(attempt);
    try {
      const file = openSync(draft, 'wx', 0o600);
      try {
        await writeAll(file, chunks);
        if (this.#durable) await flushFile(file);
      } finally {
        closeSync(file);
      }
      mkdirSync(this.path(attempt), { mode: 0o700 });
      renameSync(draft, `${this.path(attempt)}/${attempt}`);
    } catch (error) {
      this.discard(attempt);
      throw fromErrno(error, draft);
    }
  }

  /** Makes `<attempt>/<attempt>/`, a directory to move a document into, on a full file system too. */
  stageDirectory(attempt: string): void {
    const directory = this.path(attempt);
    try {
      mkdirSync(directory, { mode: 0o700 });
      mkdirSync(`${directory}/${attempt}`, { mode: 0o700 });
    } catch (error) {
      this.discard(attempt);
      const isFull = ['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '');
      if (!isFull || !this.#reserve.take(directory, attempt)) throw fromErrno(error, directory);
    }
  }

  /** To be called after a removal, which made room. */
  replenishReserve(): void {
    this.#reserve.replenish();
  }

  /** Removes what was staged, if it is still there; what cannot be removed is left to the sweeper. */
  discard(attempt: string): void {
    for (const path of [this.#draft(attempt), `${this.path(attempt)}/${attempt}`]) {
      try {
        unlinkSync(path);
      } catch {}
    }
    try {
      rmSync(this.path(attempt), { recursive: true, force: true });
    } catch {}
  }

  #draft(attempt: string): string {
    return this.path(attempt) + draftSuffix;
  }
}

/**
 * A short write is a failed write: that is how a full disk answers, and whoever goes on with the rest
 * may never see an error. So what counts is how long the file is in the end.
 */
async function writeAll(file: number, chunks: readonly Uint8Array[]): Promise<void> {
  const expected = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (expected <= synchronousBytes) writevSync(file, chunks);
  else await writeInPool(file, chunks);
  const { size } = fstatSync(file);
  if (size !== expected) {
    throw new PersistError('UNAVAILABLE', `only ${size} of ${expected} bytes were written: the disk may be full`);
  }
}

function writeInPool(file: number, chunks: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    writev(file, chunks, (error) => (error === null ? resolve() : reject(error)));
  });
}
