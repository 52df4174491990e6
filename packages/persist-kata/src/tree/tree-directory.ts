import { constants, type Dirent, existsSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PersistError } from '@sandkeep/persist-api';
import { errnoOf, treeError } from './tree-error.js';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** No file of a tree is larger: as large as the largest document that every driver takes. */
const maxFileBytes = 16 * 1024 * 1024;

/** Where Linux gives open directories by their descriptors, so that a path cannot be led elsewhere meanwhile. */
const descriptors = '/proc/self/fd';
const hasDescriptors = existsSync(descriptors);

/**
 * An open directory of a tree. What it does is done to names in this very directory: no symbolic link is
 * followed, neither in a name nor, where the system has `/proc`, by putting one in place of a directory
 * above. A name is one segment, which the caller has checked.
 *
 * Every method rejects with a `PersistError` that names the path.
 */
export class TreeDirectory implements AsyncDisposable {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Opens the root of a tree, which may be a symbolic link. @throws `NOT_FOUND` */
  static async open(path: string): Promise<TreeDirectory> {
    return new TreeDirectory(path, await calling(path, () => open(path, O_RDONLY | O_DIRECTORY)));
  }

  /** Undefined if there is none. @throws `CORRUPT` if something else is there */
  async directory(name: string): Promise<TreeDirectory | undefined> {
    const path = join(this.path, name);
    const handle = await unlessMissing(path, () => open(this.#at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    return handle && new TreeDirectory(path, handle);
  }

  /** As {@link directory}, but makes it if there is none, with mode 0700. */
  async ensureDirectory(name: string): Promise<TreeDirectory> {
    const found = await this.directory(name);
    if (found !== undefined) return found;
    const path = join(this.path, name);
    await calling(path, () => mkdir(this.#at(name), 0o700).catch(unless('EEXIST')));
    const made = await this.directory(name);
    if (made === undefined) throw new PersistError('NOT_FOUND', `${path}: it was removed at once`);
    return made;
  }

  /** What is in it, in the order of the names. */
  async entries(): Promise<Dirent[]> {
    const entries = await calling(this.path, () => readdir(this.#at(), { withFileTypes: true }));
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** When a name was last changed; undefined if there is none. */
  async modifiedAt(name: string): Promise<Date | undefined> {
    return (await unlessMissing(join(this.path, name), () => lstat(this.#at(name))))?.mtime;
  }

  /** The whole file, and when it was written; undefined if there is none. @throws `CORRUPT` if it is no file */
  async readFile(name: string): Promise<{ bytes: Buffer; modifiedAt: Date } | undefined> {
    const path = join(this.path, name);
    const handle = await unlessMissing(path, () => open(this.#at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    if (handle === undefined) return undefined;
    try {
      const stats = await calling(path, () => handle.stat());
      if (!stats.isFile()) throw new PersistError('CORRUPT', `${path}: it is no regular file`);
      if (stats.size > maxFileBytes) {
        throw new PersistError('CORRUPT', `${path}: it has ${stats.size} bytes: expected at most ${maxFileBytes}`);
      }
      return { bytes: await calling(path, () => handle.readFile()), modifiedAt: stats.mtime };
    } finally {
      await handle.close();
    }
  }

  /** Makes a file with mode 0600 and flushes it. */
  async createFile(name: string, data: string | Uint8Array): Promise<void> {
    await calling(join(this.path, name), async () => {
      const handle = await open(this.#at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      try {
        await handle.writeFile(data);
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  /** Moves a name to the same name of another directory, over a file or an empty directory that is there. */
  async moveTo(target: TreeDirectory, name: string): Promise<void> {
    await calling(join(target.path, name), () => rename(this.#at(name), target.#at(name)));
  }

  /** Removes a file, if there is one. */
  async removeFile(name: string): Promise<void> {
    await unlessMissing(join(this.path, name), () => unlink(this.#at(name)));
  }

  /** Removes a directory if it is empty. */
  async removeEmptyDirectory(name: string): Promise<void> {
    await calling(join(this.path, name), () => rmdir(this.#at(name)).catch(unless('ENOTEMPTY', 'EEXIST', 'ENOENT')));
  }

  /** Removes a directory and all that is in it. */
  async removeAll(name: string): Promise<void> {
    await calling(join(this.path, name), () => rm(this.#at(name), { recursive: true, force: true }));
  }

  /** Makes the names in it durable, where the file system can. */
  async flush(): Promise<void> {
    await calling(this.path, () => this.#handle.sync().catch(unless('EINVAL', 'ENOTSUP')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  /** A path that leads to this directory, or to a name in it. */
  #at(name = ''): string {
    return join(hasDescriptors ? `${descriptors}/${this.#handle.fd}/` : this.path, name);
  }
}

async function calling<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw treeError(error, path);
  }
}

async function unlessMissing<T>(path: string, call: () => Promise<T>): Promise<T | undefined> {
  return calling(path, () => call().catch(unless('ENOENT')));
}

/** Takes errors of system calls with one of these codes for undefined. */
function unless(...errnos: string[]): (error: unknown) => undefined {
  return (error) => {
    if (errnos.includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  };
}
