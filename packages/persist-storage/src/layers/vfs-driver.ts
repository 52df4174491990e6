import { execFile } from '../exec-file.js';
import { LayerDirectories } from './layer-directories.js';
import type { LayerDriver } from './layer-driver.js';

const tree = 'tree';

/**
 * Keeps each layer as a whole tree of its own, copied from the layer below: works everywhere, without root,
 * and costs the space and the time of the copy, except where the file system shares blocks (reflinks).
 */
export class VfsDriver implements LayerDriver {
  readonly name = 'vfs';
  readonly #directories: LayerDirectories;

  constructor(root: string, trash: string) {
    this.#directories = new LayerDirectories(root, trash);
  }

  async create(directory: string, [parent]: readonly string[]): Promise<void> {
    await this.#directories.make(directory, tree);
    if (parent === undefined) return;
    const from = this.#directories.path(parent, tree);
    await execFile('cp', ['-a', '--reflink=auto', '--', `${from}/.`, this.mountPoint(directory)]);
  }

  withTree<T>(directory: string, _below: readonly string[], change: (path: string) => Promise<T>): Promise<T> {
    return change(this.mountPoint(directory));
  }

  mountPoint(directory: string): string {
    return this.#directories.path(directory, tree);
  }

  isMounted(): undefined {}

  async mount(): Promise<void> {}

  async unmount(): Promise<void> {}

  remove(directory: string): Promise<void> {
    return this.#directories.remove(directory);
  }

  directories(): Promise<string[]> {
    return this.#directories.names();
  }

  flush(directory: string): Promise<void> {
    return this.#directories.flush(directory);
  }
}
