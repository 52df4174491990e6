import { resolve } from 'node:path';
import { checkKey, type PersistDriver, PersistError } from '@sandkeep/persist-api';
import { runDirectory, workDirectory } from './containers/container-directories.js';
import type { ContainerInfo, ContainerSummary, CreateContainerOptions } from './containers/container-info.js';
import { decodeMetadata, encodeMetadata, type RuntimeContainerMetadata } from './containers/container-metadata.js';
import { createContainer } from './containers/create-container.js';
import { Mounts } from './containers/mounts.js';
import { takeDownContainer } from './containers/take-down-container.js';
import { ImageStore } from './images/image-store.js';
import { invalidArgument } from './invalid-argument.js';
import { type LayerDriverName, layerDriverNames } from './layers/choose-layer-driver.js';
import { lookup } from './records/lookup.js';
import type { ContainerRecord } from './records/record.js';
import type { Stored } from './records/records.js';
import { StorageContext } from './storage-context.js';
import { openStorageRoot } from './storage-root.js';
import { systemError } from './system-error.js';
import { check, type Problem } from './upkeep/check.js';
import { type RepairedProblem, repair } from './upkeep/repair.js';

/** Where a {@link StorageService} keeps what, and how. */
export interface StorageOptions {
  /** Where the records are kept. It stays open. */
  readonly driver: PersistDriver;
  /** The directory of layers and work directories, on a local disk. */
  readonly graphRoot: string;
  /**
   * The directory of run directories, which may be on tmpfs; made when it is missing.
   * @default what the storage has; for a new one `run` in the graph root
   */
  readonly runRoot?: string | undefined;
  /** @default what the storage has; for a new one `overlay` where it works, else `vfs` */
  readonly layerDriver?: LayerDriverName | undefined;
  /** Make a storage if the graph root is empty, or missing. @default false: `NOT_FOUND` */
  readonly create?: boolean | undefined;
  /** The beginning of the records' keys. @default 'storage' */
  readonly namespace?: string | undefined;
}

/**
 * From an image to a container's root file system: libpod's storage service, with its records in any driver.
 *
 *     const storage = await StorageService.open({ driver, graphRoot, runRoot, create: true });
 *     const image = await storage.images.importOciLayout('/images/busybox');
 *     const { id } = await storage.createContainerStorage({ imageId: image.id, containerName: 'web' });
 *     const rootfs = await storage.startContainer(id);
 *
 * Any number of processes of one host may work on one storage. A container is given by its id, its name, or a
 * beginning of its id that no other container has; an unknown one is `NOT_FOUND`, "no such container".
 */
export class StorageService {
  readonly images: ImageStore;
  /** How layers are kept. */
  readonly layerDriver: LayerDriverName;
  /** Why layers are copied, if overlayfs was found not to work when this storage was made just now. */
  readonly reason: string | undefined;
  readonly #context: StorageContext;
  readonly #mounts: Mounts;

  private constructor(context: StorageContext) {
    this.#context = context;
    this.images = new ImageStore(context);
    this.#mounts = new Mounts(context);
    this.layerDriver = context.root.layerDriver;
    this.reason = context.root.reason;
  }

  /**
   * @throws `UNSUPPORTED` on another system than Linux
   * @throws `NOT_FOUND` if there is no such graph root
   * @throws `INVALID_ARGUMENT` for a bad option, or a graph root that is not empty and no storage's
   * @throws `INVALID_STATE` if the storage belongs to another host or another driver's records, or another
   *   layer driver is wanted than it has
   */
  static async open(options: StorageOptions): Promise<StorageService> {
    const { driver, layerDriver, create = false, namespace = 'storage' } = options;
    if (driver?.specVersion !== 1) throw invalidArgument('driver', typeof driver, 'a PersistDriver with specVersion 1');
    if (process.platform !== 'linux') throw new PersistError('UNSUPPORTED', 'a storage needs Linux');
    checkKey(namespace, 'namespace');
    if (layerDriver !== undefined && !layerDriverNames.includes(layerDriver)) {
      throw invalidArgument('layerDriver', layerDriver, layerDriverNames.join(' or '));
    }
    const graphRoot = checkPath('graphRoot', options.graphRoot);
    const runRoot = options.runRoot === undefined ? undefined : checkPath('runRoot', options.runRoot);
    const prefix = `${namespace}/`;
    const root = await openStorageRoot(driver, prefix, graphRoot, { layerDriver, runRoot, create });
    return new StorageService(new StorageContext(driver, root, prefix));
  }

  /**
   * Makes a container's storage on top of an image: a writable layer, a work and a run directory.
   * @throws `INVALID_ARGUMENT` "name or ID cannot be empty" without a container name, or any image
   * @throws `NOT_FOUND` if there is no such image; `INVALID_ARGUMENT` if name and id mean different ones
   * @throws `CONFLICT` if the container's id or name is taken
   * @throws `UNAVAILABLE`, `PERMISSION_DENIED` if it cannot be written, as on a full disk; nothing of it is left then
   */
  async createContainerStorage(options: CreateContainerOptions): Promise<ContainerInfo> {
    const { imageName = '', imageId = '', containerName: name, containerId, mountLabel } = options;
    if ((imageName === '' && imageId === '') || !name) {
      throw new PersistError('INVALID_ARGUMENT', 'name or ID cannot be empty');
    }
    if (typeof name !== 'string' || name.length > 255) {
      throw invalidArgument('container name', name, 'a string of at most 255 characters');
    }
    const image = await this.images.image(imageId === '' ? imageName : imageId);
    if (imageName !== '' && imageId !== '') {
      const named = await this.images.image(imageName);
      if (named.id !== image.id) {
        throw new PersistError('INVALID_ARGUMENT', `the image name ${imageName} means ${named.id}, not ${image.id}`);
      }
    }
    const record = await this.#context.images.get(image.id);
    if (record === undefined) throw new PersistError('NOT_FOUND', `the image ${image.id} was removed meanwhile`);
    const id = containerId === '' ? undefined : containerId;
    const container = { id, name, imageName, image: record.value, mountLabel };
    return onDisk(() => createContainer(this.#context, container));
  }

  /**
   * Unmounts and removes a container: its layer, directories, name, and its record last.
   * @throws `INVALID_STATE` if a process uses its root file system
   */
  async deleteContainer(nameOrId: string): Promise<void> {
    await this.#locked(nameOrId, 'deleting', ({ value }) => takeDownContainer(this.#context, value));
  }

  /** Replaces the metadata. */
  async setContainerMetadata(nameOrId: string, metadata: RuntimeContainerMetadata): Promise<void> {
    const text = encodeMetadata(metadata);
    const { id } = (await this.#find(nameOrId)).value;
    const set = await this.#context.containers.change(id, (container) =>
      container.phase === 'complete' ? { ...container, metadata: text } : undefined,
    );
    if (set === undefined) throw noSuchContainer(nameOrId);
  }

  /** A copy: to keep a change, such as another mount label, hand it to {@link setContainerMetadata}. */
  async getContainerMetadata(nameOrId: string): Promise<RuntimeContainerMetadata> {
    const { id, metadata } = (await this.#find(nameOrId)).value;
    return decodeMetadata(id, metadata);
  }

  /**
   * Mounts the container's root file system, unless it is mounted already, and counts it.
   * @returns the mount point
   */
  async startContainer(nameOrId: string): Promise<string> {
    return this.#locked(nameOrId, 'starting', ({ value }) => {
      const { mountLabel = '' } = decodeMetadata(value.id, value.metadata);
      return this.#mounts.add(value, mountLabel);
    });
  }

  /**
   * Takes back one {@link startContainer}, and unmounts with the last one. One that is not mounted is no error.
   * @returns how many are left
   * @throws `INVALID_STATE` if it is the last one and a process uses the root file system
   */
  async stopContainer(nameOrId: string): Promise<number> {
    return this.#locked(nameOrId, 'stopping', ({ value }) => this.#mounts.remove(value));
  }

  /** The container's directory that outlives a reboot; made when it is missing. */
  async getWorkDir(nameOrId: string): Promise<string> {
    const { id } = (await this.#find(nameOrId)).value;
    return onDisk(() => workDirectory(this.#context, id));
  }

  /** The container's directory that need not outlive a reboot; made when it is missing. */
  async getRunDir(nameOrId: string): Promise<string> {
    const { id } = (await this.#find(nameOrId)).value;
    return onDisk(() => runDirectory(this.#context, id));
  }

  async container(nameOrId: string): Promise<ContainerSummary> {
    return this.#summarize((await this.#find(nameOrId)).value);
  }

  /** All containers, in ascending order of their ids. */
  async containers(): Promise<ContainerSummary[]> {
    const containers: ContainerSummary[] = [];
    for await (const { value } of this.#context.containers.readable()) {
      if (value.phase === 'complete') containers.push(await this.#summarize(value));
    }
    return containers;
  }

  /** What is inconsistent, mostly left by crashes. Nothing is changed; what others are working on is left out. */
  check(): Promise<Problem[]> {
    return check(this.#context);
  }

  /** Mends what {@link check} finds, except where that would lose data. */
  repair(): Promise<RepairedProblem[]> {
    return repair(this.#context);
  }

  async #summarize(container: ContainerRecord): Promise<ContainerSummary> {
    const { id, name, imageId, createdAt } = container;
    return { id, name, imageId, createdAt: new Date(createdAt * 1000), mounts: await this.#mounts.count(container) };
  }

  async #find(nameOrId: string): Promise<Stored<ContainerRecord>> {
    if (!nameOrId) throw new PersistError('INVALID_ARGUMENT', 'name or ID cannot be empty');
    const { containers, containerNames } = this.#context;
    const found = await lookup(containers, containerNames, [nameOrId], ({ phase }) => phase === 'complete');
    if (found === undefined) throw noSuchContainer(nameOrId);
    return found;
  }

  async #locked<T>(nameOrId: string, doing: string, run: (found: Stored<ContainerRecord>) => Promise<T>): Promise<T> {
    const { id, name } = (await this.#find(nameOrId)).value;
    await using _lock = await this.#context.lock('containers', id, { info: `${doing} the container ${name}` });
    const found = await this.#context.containers.get(id);
    if (found?.value.phase !== 'complete') throw noSuchContainer(nameOrId);
    return await onDisk(() => run(found));
  }
}

/** Gives what fails for the disk's sake its code: `UNAVAILABLE` on a full one, `PERMISSION_DENIED` on a read-only one. */
async function onDisk<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw systemError(error);
  }
}

function noSuchContainer(nameOrId: string): PersistError {
  return new PersistError('NOT_FOUND', `no such container: ${nameOrId}`);
}

function checkPath(field: string, path: unknown): string {
  if (typeof path !== 'string' || path === '') {
    throw invalidArgument(field, path, 'the path of a directory');
  }
  return resolve(path);
}
