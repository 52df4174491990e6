import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from '../exec-file.js';
import { makePath } from '../make-path.js';

/**
 * Directories of which each is there whole or not at all: one that is removed is first renamed into
 * `trash`, where a crash may leave it.
 */
export class LayerDirectories {
  /** @param root the directory of all of them; @param trash on the same file system */
  constructor(
    readonly root: string,
    readonly trash: string,
  ) {}

  path(directory: string, ...rest: string[]): string {
    return join(this.root, directory, ...rest);
  }

  async make(directory: string, ...children: string[]): Promise<void> {
    makePath(this.trash); // while there is room: what fills the disk has to be moved there
    makePath(this.path(directory));
    for (const child of children) {
      await mkdir(this.path(directory, child));
      // Not by mkdir, which would take the umask off: the root of a tree is one of these.
      await chmod(this.path(directory, child), 0o755);
    }
  }

  async remove(directory: string): Promise<void> {
    const discarded = join(this.trash, `${directory}.${randomBytes(4).toString('hex')}`);
    makePath(this.trash);
    try {
      await rename(this.path(directory), discarded);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    await removeTree(discarded);
  }

  async names(): Promise<string[]> {
    return readdir(this.root).catch((error) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  }

  /** Writes back the file system that holds a directory: syncfs(2). */
  async flush(directory: string): Promise<void> {
    await execFile('sync', ['-f', this.path(directory)]);
  }
}

/** Removes a tree, also one with directories that its owner may not write. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    await execFile('chmod', ['-R', 'u+rwX', '--', path]);
    await rm(path, { recursive: true, force: true });
  }
}
