import { randomUUID } from 'node:crypto';
import { stateFile } from './kata-sandbox.js';
import type { TreeDirectory } from './tree-directory.js';

/** The texts of `persist.json` by container id; the sandbox's own is the one of `''`. */
export type StateFiles = ReadonlyMap<string, string>;

const prefix = '.sandkeep-staged-';
/** How old a directory is, in milliseconds, when nobody can be at work in it any more. */
const abandonedMs = 3_600_000;

/** A directory beside the sandboxes, in which one is written before it is moved to its place. */
export class Staging implements AsyncDisposable {
  private constructor(
    readonly directory: TreeDirectory,
    readonly root: TreeDirectory,
    readonly name: string,
  ) {}

  /** Makes one, and removes those of processes that died. */
  static async create(root: TreeDirectory): Promise<Staging> {
    for (const { name } of await root.entries()) {
      if (!name.startsWith(prefix)) continue;
      const modifiedAt = await root.modifiedAt(name);
      if (modifiedAt !== undefined && Date.now() - modifiedAt.getTime() > abandonedMs) await root.removeAll(name);
    }
    const name = prefix + randomUUID();
    return new Staging(await root.ensureDirectory(name), root, name);
  }

  /** Writes the files of a sandbox and makes them durable. */
  async write(id: string, files: StateFiles): Promise<TreeDirectory> {
    const sandbox = await this.directory.ensureDirectory(id);
    for (const [containerId, text] of files) {
      if (containerId === '') {
        await sandbox.createFile(stateFile, text);
      } else {
        await using container = await sandbox.ensureDirectory(containerId);
        await container.createFile(stateFile, text);
        await container.flush();
      }
    }
    await sandbox.flush();
    return sandbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
    await this.root.removeAll(this.name);
  }
}
