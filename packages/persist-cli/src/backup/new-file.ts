import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isProcessGone, newAttemptId, PersistError } from '@sandkeep/persist-api';
import { CommandFailure } from '../command-failure.js';

const suffix = '.partial';

/**
 * A file that appears whole under its name, or not at all: it is written beside it, flushed, and then named.
 * What a process that was killed left beside it is removed by the next one.
 */
export class NewFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #partial: string;
  readonly #replace: boolean;

  private constructor(handle: FileHandle, path: string, partial: string, replace: boolean) {
    this.#handle = handle;
    this.#path = path;
    this.#partial = partial;
    this.#replace = replace;
  }

  /**
   * @param replace take the place of a file that is there
   * @throws `INVALID_ARGUMENT` if there is one, and not `replace`; CommandFailure if it cannot be made
   */
  static async create(given: string, { replace }: { readonly replace: boolean }): Promise<NewFile> {
    const path = resolve(given);
    const there = await lstat(path).catch(() => undefined);
    if (there?.isDirectory()) throw new PersistError('INVALID_ARGUMENT', `${path} is a directory: expected a file`);
    if (there !== undefined && !replace) throw isThere(path);
    const [directory, start] = [dirname(path), `.${basename(path)}.`];
    const partial = join(directory, `${start}${newAttemptId()}${suffix}`);
    return failing(path, async () => {
      for (const name of await readdir(directory)) {
        if (!name.startsWith(start) || !name.endsWith(suffix)) continue;
        if (isProcessGone(name.slice(start.length, -suffix.length))) await rm(join(directory, name), { force: true });
      }
      return new NewFile(await open(partial, 'wx', 0o600), path, partial, replace);
    });
  }

  async write(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    await failing(this.#path, async () => {
      for await (const chunk of chunks) await this.#handle.appendFile(chunk);
    });
  }

  /** Gives the file its name, durably. @throws `INVALID_ARGUMENT` if there is another one by now */
  async publish(): Promise<void> {
    await failing(this.#path, async () => {
      await this.#handle.sync();
      await this.#handle.close();
      if (this.#replace) await rename(this.#partial, this.#path);
      else await this.#linkNew();
      await using directory = await open(dirname(this.#path), constants.O_RDONLY);
      await directory.sync();
    });
  }

  /** Leaves nothing behind, unless it is published. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#partial, { force: true });
  }

  async #linkNew(): Promise<void> {
    try {
      await link(this.#partial, this.#path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw isThere(this.#path);
      if (code !== 'EPERM' && code !== 'ENOTSUP') throw error;
      await rename(this.#partial, this.#path); // a file system without hard links
      return;
    }
    await rm(this.#partial, { force: true });
  }
}

function isThere(path: string): PersistError {
  return new PersistError('INVALID_ARGUMENT', `${path} exists already, and was left as it is: --force replaces it`);
}

async function failing<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof PersistError) throw error;
    if (code === 'ENOENT') {
      throw new PersistError('NOT_FOUND', `${dirname(path)} does not exist: make the directory first`);
    }
    throw new CommandFailure(`${path} cannot be written: ${message}`);
  }
}
