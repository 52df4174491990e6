import { chmod, chown, stat, utimes } from 'node:fs/promises';
import { isPersistError, PersistError } from '@sandkeep/persist-api';
import { execFile } from '../exec-file.js';
import { makePath } from '../make-path.js';
import { LayerDirectories } from './layer-directories.js';
import type { LayerDriver } from './layer-driver.js';
import { mountPoints } from './mount-table.js';

/** A layer's own files. */
const diff = 'diff';
/** overlayfs's own scratch directory. */
const work = 'work';
const merged = 'merged';
/** mount(2) takes one page of options, with the zero at its end. */
const maxOptionBytes = 4095;
/** An empty directory below a layer that has none below it: overlayfs wants one. */
const nothing = 'nothing';

/**
 * Keeps what each layer changes, and has the kernel's overlayfs show them as one tree. Needs root. Layers are
 * mounted with the working directory at their root and relative paths, since 128 absolute ones do not fit the
 * page of options that mount(2) takes.
 */
export class OverlayDriver implements LayerDriver {
  readonly name = 'overlay';
  readonly #directories: LayerDirectories;

  constructor(root: string, trash: string) {
    this.#directories = new LayerDirectories(root, trash);
  }

  async create(directory: string, [parent]: readonly string[]): Promise<void> {
    await this.#directories.make(directory, diff, work, merged);
    if (parent === undefined) return;
    // The root of the merged tree is the topmost layer's own: it has to look like the one below.
    const { mode, uid, gid, atime, mtime } = await stat(this.#directories.path(parent, diff));
    const root = this.#directories.path(directory, diff);
    await chown(root, uid, gid);
    await chmod(root, mode & 0o7777);
    await utimes(root, atime, mtime);
  }

  async withTree<T>(directory: string, below: readonly string[], change: (path: string) => Promise<T>): Promise<T> {
    if (below.length === 0) return change(this.#directories.path(directory, diff));
    await this.mount(directory, below, '');
    try {
      return await change(this.mountPoint(directory));
    } finally {
      await this.unmount(directory);
    }
  }

  mountPoint(directory: string): string {
    return this.#directories.path(directory, merged);
  }

  async isMounted(directory: string): Promise<boolean> {
    return (await mountPoints()).includes(this.mountPoint(directory));
  }

  async mount(directory: string, below: readonly string[], mountLabel: string): Promise<void> {
    if (below.length === 0) makePath(this.#directories.path(directory, nothing), 0o755);
    const lower = below.map((name) => `${name}/${diff}`).join(':') || `${directory}/${nothing}`;
    const options = [`lowerdir=${lower}`, `upperdir=${directory}/${diff}`, `workdir=${directory}/${work}`];
    if (mountLabel !== '') options.push(`context="${mountLabel}"`);
    if (Buffer.byteLength(options.join(',')) > maxOptionBytes) {
      // The kernel would cut them, and mount what is left of the list of layers.
      throw new PersistError(
        'TOO_LARGE',
        `${below.length} layers are too many for one overlayfs mount; vfs has no such limit`,
      );
    }
    const target = this.mountPoint(directory);
    makePath(target, 0o755);
    const args = ['-t', 'overlay', 'overlay', '-o', options.join(','), target];
    await execFile('mount', args, { cwd: this.#directories.root });
    // Somebody who was thought dead, or who thought so of this process, may have mounted it in the same moment.
    const there = (await mountPoints()).filter((path) => path === target);
    if (there.length > 1) await this.unmount(directory);
  }

  async unmount(directory: string): Promise<void> {
    const target = this.mountPoint(directory);
    try {
      await execFile('umount', [target]);
    } catch (error) {
      if (!(await this.isMounted(directory))) return;
      if (isPersistError(error) && /busy/.test(error.message)) {
        throw new PersistError(
          'INVALID_STATE',
          `${target} is in use: a process has its working directory or open files there`,
          {
            cause: error,
          },
        );
      }
      throw error;
    }
  }

  async remove(directory: string): Promise<void> {
    while (await this.isMounted(directory)) await this.unmount(directory);
    await this.#directories.remove(directory);
  }

  directories(): Promise<string[]> {
    return this.#directories.names();
  }

  flush(directory: string): Promise<void> {
    return this.#directories.flush(directory);
  }
}
