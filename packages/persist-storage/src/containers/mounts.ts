import { PersistError, type Version } from '@sandkeep/persist-api';
import { bootId } from '../host-id.js';
import { LayerStore } from '../layers/layer-store.js';
import type { ContainerRecord } from '../records/record.js';
import { unlessConflict } from '../records/records.js';
import type { StorageContext } from '../storage-context.js';

/**
 * Counts how often each container's root file system is mounted, and has it mounted once while that is more
 * than 0. What is really mounted is asked of the kernel each time: a count without a mount (a reboot, a crash
 * after unmounting) is 0; a mount without a count (a crash after mounting) is taken over.
 * To be called by whoever holds the container's lock.
 */
export class Mounts {
  readonly #context: StorageContext;
  readonly #layers: LayerStore;

  constructor(context: StorageContext) {
    this.#context = context;
    this.#layers = new LayerStore(context);
  }

  /** The counted mounts that are really there. */
  async count(container: ContainerRecord): Promise<number> {
    return (await this.#read(container)).count;
  }

  /** @returns the mount point */
  async add(container: ContainerRecord, mountLabel: string): Promise<string> {
    const { id, layerId } = container;
    const [directory, ...below] = await this.#layers.chain(layerId);
    if (directory === undefined) throw new PersistError('CORRUPT', `the container ${id} has no layer`);
    const { layerDriver } = this.#context;
    for (;;) {
      const { count, version } = await this.#read(container);
      if ((await layerDriver.isMounted(directory)) === false) await layerDriver.mount(directory, below, mountLabel);
      if (await this.#write(id, count + 1, version)) return layerDriver.mountPoint(directory);
    }
  }

  /**
   * Takes one mount away; none is no error.
   * @returns how many are left
   * @throws `INVALID_STATE` if it is the last one and in use: nothing is changed then
   */
  async remove(container: ContainerRecord): Promise<number> {
    for (;;) {
      const { count, version } = await this.#read(container);
      const left = Math.max(0, count - 1);
      if (left === 0) await this.unmount(container.layerId);
      if (version === undefined || (await this.#write(container.id, left, version))) return left;
    }
  }

  /** Unmounts a container's layer as often as it is mounted. @throws `INVALID_STATE` if it is in use */
  async unmount(layerId: string): Promise<void> {
    const directory = (await this.#context.layers.get(layerId))?.value.directory;
    if (directory === undefined) return;
    while (await this.#context.layerDriver.isMounted(directory)) await this.#context.layerDriver.unmount(directory);
  }

  /** What holds of the recorded count: 0 after a reboot, or if nothing is mounted. */
  async #read({ id, layerId }: ContainerRecord): Promise<{ count: number; version: Version | undefined }> {
    const found = await this.#context.mounts.get(id);
    const holds = found?.value.bootId === (await bootId()) && (await this.#isMounted(layerId)) !== false;
    return { count: holds ? (found?.value.count ?? 0) : 0, version: found?.version };
  }

  /** Undefined: the layer driver mounts nothing. */
  async #isMounted(layerId: string): Promise<boolean | undefined> {
    const directory = (await this.#context.layers.get(layerId))?.value.directory;
    return directory === undefined ? false : this.#context.layerDriver.isMounted(directory);
  }

  /** False if somebody who took this process for dead has counted since. */
  async #write(id: string, count: number, version: Version | undefined): Promise<boolean> {
    const { mounts } = this.#context;
    const value = { format: 1 as const, count, bootId: await bootId() };
    const write = version === undefined ? mounts.create(id, value) : mounts.replace(id, value, version);
    return (await unlessConflict(write)) !== undefined;
  }
}
