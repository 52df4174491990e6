import { join } from 'node:path';
import type { Lock, LockOptions, PersistDriver } from '@sandkeep/persist-api';
import { layerDriver } from './layers/choose-layer-driver.js';
import type { LayerDriver } from './layers/layer-driver.js';
import { Names } from './records/names.js';
import {
  type ContainerRecord,
  containerRecord,
  type ImageRecord,
  imageRecord,
  type LayerRecord,
  layerRecord,
  type MountRecord,
  mountRecord,
} from './records/record.js';
import { Records } from './records/records.js';
import type { StorageRoot } from './storage-root.js';

/** How long to wait for somebody who works on the same container, in milliseconds. */
const defaultWaitMs = 30_000;

/** What all parts of one storage work on: its records in the driver, and its directories. */
export class StorageContext {
  readonly images: Records<ImageRecord>;
  readonly layers: Records<LayerRecord>;
  readonly containers: Records<ContainerRecord>;
  readonly mounts: Records<MountRecord>;
  readonly imageNames: Names;
  readonly containerNames: Names;
  readonly layerDriver: LayerDriver;
  readonly #prefix: string;

  constructor(
    readonly driver: PersistDriver,
    readonly root: StorageRoot,
    prefix: string,
  ) {
    this.#prefix = `${prefix}${root.id}/`;
    this.images = new Records(driver, `${this.#prefix}images/`, imageRecord);
    this.layers = new Records(driver, `${this.#prefix}layers/`, layerRecord);
    this.containers = new Records(driver, `${this.#prefix}containers/`, containerRecord);
    this.mounts = new Records(driver, `${this.#prefix}mounts/`, mountRecord);
    this.imageNames = new Names(driver, `${this.#prefix}image-names/`);
    this.containerNames = new Names(driver, `${this.#prefix}container-names/`);
    this.layerDriver = layerDriver(root.layerDriver, root.graphRoot);
  }

  /** Takes the lock of one image, layer or container: whoever works on its files holds it. */
  lock(kind: 'images' | 'layers' | 'containers', id: string, options: LockOptions): Promise<Lock> {
    return this.driver.lock(`${this.#prefix}${kind}/${id}`, { waitMs: defaultWaitMs, ...options });
  }

  /** Where containers' directories are: those that outlive a boot, and those that don't. */
  get containerDirectories(): { work: string; run: string } {
    const folder = `${this.root.layerDriver}-containers`;
    return { work: join(this.root.graphRoot, folder), run: join(this.root.runRoot, folder) };
  }
}
