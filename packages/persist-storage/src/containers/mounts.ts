import { PersistError } from '@sandkeep/persist-api';
import { bootId } from '../host-id.js';
import { LayerStore } from '../layers/layer-store.js';
import type { ContainerRecord } from '../records/record.js';
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
  async count({ id, layerId }: ContainerRecord): Promise<number> {
    const counted = (await this.#context.mounts.get(id))?.value;
    if (counted === undefined || counted.bootId !== (await bootId())) return 0;
    return (await this.#isMounted(layerId)) === false ? 0 : counted.count;
  }

  /** @returns the mount point */
  async add(container: ContainerRecord, mountLabel: string): Promise<string> {
    const { id, layerId } = container;
    const [directory, ...below] = await this.#layers.chain(layerId);
    if (directory === undefined) throw new PersistError('CORRUPT', `the container ${id} has no layer`);
    const count = await this.count(container);
    const { layerDriver } = this.#context;
    if ((await layerDriver.isMounted(directory)) === false) await layerDriver.mount(directory, below, mountLabel);
    await this.#write(id, count + 1);
    return layerDriver.mountPoint(directory);
  }

  /**
   * Takes one mount away; none is no error.
   * @returns how many are left
   * @throws `INVALID_STATE` if it is the last one and in use: nothing is changed then
   */
  async remove(container: ContainerRecord): Promise<number> {
    const left = Math.max(0, (await this.count(container)) - 1);
    if (left === 0) await this.unmount(container.layerId);
    if ((await this.#context.mounts.get(container.id)) !== undefined) await this.#write(container.id, left);
    return left;
  }

  /** Unmounts a container's layer as often as it is mounted. @throws `INVALID_STATE` if it is in use */
  async unmount(layerId: string): Promise<void> {
    const directory = (await this.#context.layers.get(layerId))?.value.directory;
    if (directory === undefined) return;
    while (await this.#context.layerDriver.isMounted(directory)) await this.#context.layerDriver.unmount(directory);
  }

  /** Undefined: the layer driver mounts nothing. */
  async #isMounted(layerId: string): Promise<boolean | undefined> {
    const directory = (await this.#context.layers.get(layerId))?.value.directory;
    return directory === undefined ? false : this.#context.layerDriver.isMounted(directory);
  }

  async #write(id: string, count: number): Promise<void> {
    await this.#context.mounts.put(id, { format: 1, count, bootId: await bootId() });
  }
}
