import { join } from 'node:path';
import { checkSegment, isPersistError, PersistError } from '@sandkeep/persist-api';
import { type ItemEntry, rawIdOf } from '../item-store/item-entry.js';
import { type DataItem, itemFiles } from '../items/kata-item.js';
import { Staging } from '../tree/staging.js';
import { TreeDirectory } from '../tree/tree-directory.js';

/** Something in a tree that is no entry, and why. */
export interface Stranger {
  readonly path: string;
  readonly problem: PersistError;
}

const configDirectory = ['var', 'lib', 'vc', 'sbs'];
const stateDirectory = ['run', 'vc', 'sbs'];
const uuidDirectory = ['var', 'lib', 'vc', 'uuid'];

/** What else Kata keeps in each directory. */
const lockFile = itemFiles.lock;
const rawDirectory = 'raw';

/** Kata's directories of an item store, below one directory: `var/lib/vc/sbs`, `run/vc/sbs`, `var/lib/vc/uuid`. */
export class ItemTree {
  readonly #root: string;

  /** @param root `/`, or the directory of a user who is not root */
  constructor(root: string) {
    this.#root = root;
  }

  /** Everything that is there, in no certain order; and what is there, but cannot be one of Kata's. */
  async *entries(): AsyncGenerator<ItemEntry | Stranger, void, undefined> {
    for (const base of [configDirectory, stateDirectory]) {
      for (const { name, isDirectory } of await this.#names(base)) {
        yield* this.#named([...base, name], 'sandbox id', isDirectory, () => this.#sandboxEntries(base, name));
      }
    }
    if ((await this.#names(uuidDirectory)).some(({ name }) => name === itemFiles.uuid)) {
      yield { sandboxId: undefined, containerId: undefined, name: 'uuid' };
    }
  }

  /** The path of an entry's file. */
  path(entry: ItemEntry): string {
    return this.#path([...directoryOf(entry), fileOf(entry)]);
  }

  /** The bytes of an entry; undefined if it is not there. */
  async read(entry: ItemEntry): Promise<Buffer | undefined> {
    await using directory = await this.#directory(directoryOf(entry));
    return (await directory?.readFile(fileOf(entry)))?.bytes;
  }

  /** Replaces the file of an entry, whole and durably, and makes what Kata expects beside it: `lock` and `raw/`. */
  async write(entry: ItemEntry, bytes: Uint8Array): Promise<void> {
    const segments = directoryOf(entry);
    const file = fileOf(entry);
    const home = rawIdOf(entry.name) === undefined ? segments : segments.slice(0, -1);
    await this.#makeStore(home);
    await using top = await this.#ensure(segments.slice(0, segments.indexOf('vc') + 1));
    await using target = await this.#ensure(segments);
    await using staging = await Staging.create(top);
    await staging.directory.createFile(file, bytes);
    await staging.directory.moveTo(target, file);
    await target.flush();
  }

  async #makeStore(segments: readonly string[]): Promise<void> {
    await using directory = await this.#ensure(segments);
    await using _raw = await directory.ensureDirectory(rawDirectory);
    if ((await directory.readFile(lockFile)) === undefined) await directory.createFile(lockFile, '');
    await directory.flush();
  }

  /** What is in the directory of a sandbox or container; its own problem, if it can be none. */
  async *#named(
    segments: readonly string[],
    field: string,
    isDirectory: boolean,
    entries: () => AsyncGenerator<ItemEntry | Stranger>,
  ): AsyncGenerator<ItemEntry | Stranger> {
    try {
      checkSegment(segments.at(-1), field);
      if (isDirectory) yield* entries();
      else yield this.#stranger(segments, 'it is no directory');
    } catch (error) {
      if (!isPersistError(error)) throw error;
      yield { path: this.#path(segments), problem: error };
    }
  }

  async *#sandboxEntries(base: readonly string[], sandboxId: string): AsyncGenerator<ItemEntry | Stranger> {
    yield* this.#ownEntries(base, sandboxId, undefined);
    for (const { name, isDirectory } of await this.#names([...base, sandboxId])) {
      if (!isDirectory || name === rawDirectory) continue;
      yield* this.#named([...base, sandboxId, name], 'container id', true, () =>
        this.#ownEntries(base, sandboxId, name),
      );
    }
  }

  /** The files and raw values of a sandbox or container, without its containers. */
  async *#ownEntries(
    base: readonly string[],
    sandboxId: string,
    containerId: string | undefined,
  ): AsyncGenerator<ItemEntry | Stranger> {
    const segments = [...base, sandboxId, ...(containerId === undefined ? [] : [containerId])];
    for (const { name, isFile, isDirectory } of await this.#names(segments)) {
      if (name === lockFile || (isDirectory && (name === rawDirectory || containerId === undefined))) continue;
      const item = itemOf(name, base === configDirectory, containerId !== undefined);
      if (isFile && item !== undefined) yield { sandboxId, containerId, name: item };
      else yield this.#stranger([...segments, name], 'it is no file of the item store');
    }
    if (base === configDirectory) return;
    for (const { name, isFile } of await this.#names([...segments, rawDirectory])) {
      const path = [...segments, rawDirectory, name];
      if (isFile && isSegment(name)) yield { sandboxId, containerId, name: `raw/${name}` };
      else yield this.#stranger(path, 'it is no raw value');
    }
  }

  async #names(segments: readonly string[]) {
    await using directory = await this.#directory(segments);
    const entries = (await directory?.entries()) ?? [];
    return entries.map((entry) => ({
      name: entry.name,
      isFile: entry.isFile(),
      isDirectory: entry.isDirectory(),
    }));
  }

  #stranger(segments: readonly string[], problem: string): Stranger {
    const path = this.#path(segments);
    return { path, problem: new PersistError('UNSUPPORTED', `${path}: ${problem}`) };
  }

  async #directory(segments: readonly string[]): Promise<TreeDirectory | undefined> {
    let directory: TreeDirectory | undefined = await TreeDirectory.open(this.#root);
    for (const segment of segments) {
      await using parent: TreeDirectory = directory;
      directory = await parent.directory(segment);
      if (directory === undefined) return undefined;
    }
    return directory;
  }

  async #ensure(segments: readonly string[]): Promise<TreeDirectory> {
    let directory = await TreeDirectory.open(this.#root);
    for (const segment of segments) {
      await using parent = directory;
      directory = await parent.ensureDirectory(segment);
    }
    return directory;
  }

  #path(segments: readonly string[]): string {
    return join(this.#root, ...segments);
  }
}

function directoryOf({ sandboxId, containerId, name }: ItemEntry): string[] {
  if (name === 'uuid' || sandboxId === undefined) return uuidDirectory;
  const base = name === 'configuration' ? configDirectory : stateDirectory;
  const own = [...base, sandboxId, ...(containerId === undefined ? [] : [containerId])];
  return rawIdOf(name) === undefined ? own : [...own, rawDirectory];
}

function fileOf({ name }: ItemEntry): string {
  return rawIdOf(name) ?? itemFiles[name as DataItem];
}

/** The item that a file holds. `devices.json` of a container holds which devices of the sandbox it uses. */
function itemOf(file: string, isConfig: boolean, isContainer: boolean): DataItem | undefined {
  if (isConfig) return file === itemFiles.configuration ? 'configuration' : undefined;
  if (file === itemFiles.devices) return isContainer ? 'device-ids' : 'devices';
  const items = ['state', 'network', 'hypervisor', 'agent', 'process', 'mounts'] as const;
  return items.find((item) => itemFiles[item] === file);
}

function isSegment(name: string): boolean {
  try {
    checkSegment(name, 'name');
    return true;
  } catch {
    return false;
  }
}
