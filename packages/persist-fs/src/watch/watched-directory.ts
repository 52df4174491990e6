import { type BigIntStats, type Dirent, type FSWatcher, lstatSync, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { errnoOf } from '../errors.js';

/**
 * How old the last change of a directory must be, in milliseconds, to be told from a later one by its time: clocks of
 * file systems tick, some once in two seconds.
 */
const tickMs = 2_500;

/** The system has no more watches: `fs.inotify.max_user_watches` or `max_user_instances` is used up. */
const noWatchLeft: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EMFILE', 'ENFILE', 'ENOSYS']);

export interface DirectoryEvents {
  /** Something happened to an entry; null: to any. @param event as in `fs.watch` */
  onEvent(event: 'rename' | 'change', name: string | null): void;
  /** There are no events for this directory: it has to be looked at. */
  onBlind(error: unknown): void;
}

/** One directory: what was found in it, and what tells of changes. */
export class WatchedDirectory {
  readonly path: string;
  /** The names of documents and directories that were found. */
  readonly names = new Set<string>();
  #watcher: FSWatcher | undefined;
  #identity: string | undefined;
  #changedNs: bigint | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether there is a directory, and it is the one that is watched. */
  isCurrent(): boolean {
    const found = statOf(this.path);
    return found !== undefined && identityOf(found) === this.#identity;
  }

  /** Begins to watch, and reads what is in it. @returns undefined if it is not there */
  async open(events: DirectoryEvents): Promise<Dirent[] | undefined> {
    this.close();
    const found = statOf(this.path);
    if (found === undefined) return undefined;
    this.#identity = identityOf(found);
    this.#watch(events);
    return this.read();
  }

  /** Reads what is in it now. @returns undefined if it is not there */
  async read(): Promise<Dirent[] | undefined> {
    const before = statOf(this.path);
    if (before === undefined) return undefined;
    const isSettled = Date.now() - Number(before.mtimeNs / 1_000_000n) > tickMs;
    this.#changedNs = isSettled ? before.mtimeNs : undefined;
    try {
      return await readdir(this.path, { withFileTypes: true });
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Whether it may have changed since it was read. */
  mayHaveChanged(): boolean {
    const found = statOf(this.path);
    return found === undefined || this.#changedNs === undefined || found.mtimeNs !== this.#changedNs;
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #watch({ onEvent, onBlind }: DirectoryEvents): void {
    try {
      this.#watcher = watch(this.path, onEvent);
      this.#watcher.on('error', (error) => {
        this.close();
        onBlind(error);
      });
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOENT') return;
      if (!noWatchLeft.has(errno)) throw error;
      onBlind(error);
    }
  }
}

function statOf(path: string): BigIntStats | undefined {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found?.isDirectory() ? found : undefined;
}

function identityOf({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${birthtimeNs}`;
}
