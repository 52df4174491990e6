import {
  closeSync,
  fstatSync,
  fsync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writev,
  writevSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { PersistError } from '@sandkeep/persist-api';
import { errnoOf } from './errors.js';

const flushFile = promisify(fsync);
/** Of a file that is not in its directory yet. */
const draftSuffix = '.draft';

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

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The directory of `attempt`. */
  path(attempt: string): string {
    return `${this.#directory}/${attempt}`;
  }

  /** The attempt that a name in the staging directory belongs to. */
  static attemptOf(name: string): string {
    return name.endsWith(draftSuffix) ? name.slice(0, -draftSuffix.length) : name;
  }

  /**
   * Makes `<attempt>/<attempt>`, a file of these chunks.
   * @returns false if it was swept meanwhile, because somebody took this process for dead
   */
  async stageFile(attempt: string, chunks: readonly Uint8Array[], flush: boolean): Promise<boolean> {
    try {
      const isStaged = flush ? await this.#stageFlushed(attempt, chunks) : await this.#stageUnflushed(attempt, chunks);
      if (!isStaged) this.discard(attempt);
      return isStaged;
    } catch (error) {
      this.discard(attempt);
      throw error;
    }
  }

  /**
   * The file is flushed before it is put into its directory, as a flush can have to flush the new
   * directories above a file, too.
   */
  async #stageFlushed(attempt: string, chunks: readonly Uint8Array[]): Promise<boolean> {
    const draft = this.#draft(attempt);
    const directory = this.path(attempt);
    const file = openSync(draft, 'wx', 0o600);
    try {
      await writeAll(file, chunks);
      await flushFile(file);
    } finally {
      closeSync(file);
    }
    mkdirSync(directory, { mode: 0o700 });
    return unlessSwept(() => renameSync(draft, `${directory}/${attempt}`));
  }

  async #stageUnflushed(attempt: string, chunks: readonly Uint8Array[]): Promise<boolean> {
    const directory = this.path(attempt);
    mkdirSync(directory, { mode: 0o700 });
    let file = -1;
    const isThere = unlessSwept(() => {
      file = openSync(`${directory}/${attempt}`, 'wx', 0o600);
    });
    if (!isThere) return false;
    try {
      await writeAll(file, chunks);
    } finally {
      closeSync(file);
    }
    return true;
  }

  /** Makes `<attempt>/<attempt>/`, a directory to move a document into. */
  stageDirectory(attempt: string): void {
    const directory = this.path(attempt);
    try {
      mkdirSync(directory, { mode: 0o700 });
      mkdirSync(`${directory}/${attempt}`, { mode: 0o700 });
    } catch (error) {
      this.discard(attempt);
      throw error;
    }
  }

  /** Removes what was staged, if it is still there; what cannot be removed is left to the sweeper. */
  discard(attempt: string): void {
    const directory = this.path(attempt);
    const staged = `${directory}/${attempt}`;
    for (const remove of [() => unlinkSync(this.#draft(attempt)), () => unlinkSync(staged), () => rmdirSync(staged)]) {
      try {
        remove();
      } catch {}
    }
    try {
      rmdirSync(directory);
    } catch {}
  }

  #draft(attempt: string): string {
    return this.path(attempt) + draftSuffix;
  }
}

/** Whether the attempt's directory was still there. */
function unlessSwept(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return false;
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
