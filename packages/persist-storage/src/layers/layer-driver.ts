/** How the trees of layers are kept on the local disk. */
export interface LayerDriver {
  readonly name: 'overlay' | 'vfs';

  /**
   * Makes the directory of a layer on the layers below it.
   * @param directory the layer's directory name, unique to this attempt
   * @param below the directory names of the layers below, the topmost first
   */
  create(directory: string, below: readonly string[]): Promise<void>;

  /** Has `change` work on the tree of a layer that was just made, as it looks on top of those below. */
  withTree<T>(directory: string, below: readonly string[], change: (path: string) => Promise<T>): Promise<T>;

  /** Where the tree of a layer is, or would be, mounted. */
  mountPoint(directory: string): string;

  /** Whether that is mounted now. Undefined: nothing needs to be mounted, the tree is always there. */
  isMounted(directory: string): Promise<boolean> | undefined;

  /** Mounts the tree, writable. One that is mounted already stays mounted once. @param mountLabel the SELinux label of all files, or '' */
  mount(directory: string, below: readonly string[], mountLabel: string): Promise<void>;

  /** @throws `INVALID_STATE` if a process uses it */
  unmount(directory: string): Promise<void>;

  /** Removes the directory and what is in it, once it is not mounted; a missing one is no error. */
  remove(directory: string): Promise<void>;

  /** The names of all directories of layers. */
  directories(): Promise<string[]>;

  /** The bytes of a layer's own that the next crash must not lose are on disk when this resolves. */
  flush(directory: string): Promise<void>;
}
