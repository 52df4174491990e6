import { closeSync, fstatSync, fsync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf } from './errors.js';

const flushFile = promisify(fsync);
const mostLinked = 4096;

interface Flushes {
  running: Promise<void>;
  next: Promise<void> | undefined;
}

/**
 * Makes names in directories durable. Callers that come while a directory is being flushed share the
 * next flush of it, as the one that runs may have begun before their change.
 */
export class DirectoryFlush {
  readonly #root: string;
  readonly #flushes = new Map<string, Flushes>();
  /** The directories whose own names are known to be durable, with their identities. At most some thousands. */
  readonly #linked = new Map<string, string>();

  /** @param root the directory above which nothing needs flushing */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Resolves when every change that was made in `directory` before this call is durable, and so are
   * the names of the directories that lead to it.
   */
  flush(directory: string): Promise<void> {
    const current = this.#flushes.get(directory);
    if (current === undefined) return this.#start(directory);
    current.next ??= current.running.then(
      () => this.#start(directory),
      () => this.#start(directory),
    );
    return current.next;
  }

  /** The directory was removed: one of the same name would have to be flushed anew. */
  forget(directory: string): void {
    this.#linked.delete(directory);
  }

  #start(directory: string): Promise<void> {
    const running = this.#flushWithParents(directory);
    const flushes: Flushes = { running, next: undefined };
    this.#flushes.set(directory, flushes);
    const done = () => {
      if (this.#flushes.get(directory) === flushes && flushes.next === undefined) this.#flushes.delete(directory);
    };
    running.then(done, done);
    return running;
  }

  async #flushWithParents(directory: string): Promise<void> {
    const identity = await flushDirectory(directory);
    if (directory === this.#root) return;
    if (identity !== undefined && this.#linked.get(directory) === identity) return;
    await this.flush(dirname(directory));
    if (identity === undefined) return;
    if (this.#linked.size >= mostLinked) this.#linked.clear();
    this.#linked.set(directory, identity);
  }
}

/**
 * Flushes one directory.
 * @returns its identity, which no other directory of that path has; undefined if it is not there, or if
 *   its file system does not tell when it was made, so that another could have the same inode number
 */
export async function flushDirectory(directory: string): Promise<string | undefined> {
  let fd: number;
  try {
    fd = openSync(directory, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { ino, birthtimeNs } = fstatSync(fd, { bigint: true });
    await flushFile(fd);
    return birthtimeNs > 0n ? `${ino}:${birthtimeNs}` : undefined;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EINVAL' || errno === 'ENOTSUP') return undefined;
    throw error;
  } finally {
    closeSync(fd);
  }
}
