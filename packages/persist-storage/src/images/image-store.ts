import { PersistError } from '@sandkeep/persist-api';
import { invalidArgument } from '../invalid-argument.js';
import { LayerStore, layerId } from '../layers/layer-store.js';
import { addLosses, noLosses } from '../layers/losses.js';
import { findLayoutImage, type LayoutImage } from '../oci/image-layout.js';
import { normalizeImageName } from '../oci/image-name.js';
import { hostPlatform, parsePlatform } from '../oci/platform.js';
import { lookup } from '../records/lookup.js';
import type { ImageRecord } from '../records/record.js';
import type { Stored } from '../records/records.js';
import type { StorageContext } from '../storage-context.js';
import { systemError } from '../system-error.js';
import type { Image, ImportOptions } from './image.js';
import { takeDownImage } from './take-down-image.js';

const importWaitMs = 24 * 3_600_000;
const defaultMaxLayerBytes = 16 * 1024 ** 3;

/** The images of a storage: brought in from OCI image layouts, shared by its containers. */
export class ImageStore {
  readonly #context: StorageContext;
  readonly #layers: LayerStore;

  /** @internal */
  constructor(context: StorageContext) {
    this.#context = context;
    this.#layers = new LayerStore(context);
  }

  /**
   * Brings an image in from a directory in OCI image layout 1.0.0. Every blob's size and digest, and every
   * layer's diff id, are verified; layers that are there already are not read. Several calls for one image, in
   * any number of processes, extract it once. A name that another image had goes to this one.
   * @throws `NOT_FOUND` if there is no layout, no image of this name, or nothing for the platform
   * @throws `CORRUPT` naming the blob; `INVALID_ARGUMENT` naming the entry that is refused; `TOO_LARGE` naming
   *   the layer; `PERMISSION_DENIED`, `UNAVAILABLE` if it cannot be written, as on a full disk. Nothing of the image
   *   is left then.
   */
  async importOciLayout(directory: string, options: ImportOptions = {}): Promise<Image> {
    const { ref, platform, signal, maxLayerBytes = defaultMaxLayerBytes } = options;
    if (!(maxLayerBytes > 0)) throw invalidArgument('maxLayerBytes', maxLayerBytes, 'a number of bytes, 1 or more');
    const given = options.name === undefined ? undefined : normalizeImageName(options.name);
    signal?.throwIfAborted();
    const found = await findLayoutImage(
      directory,
      ref,
      platform === undefined ? hostPlatform : parsePlatform(platform),
    );
    const name = given ?? nameFrom(found.ref);
    const info = `importing the image ${name ?? found.id}`;
    await using _lock = await this.#context.lock('images', found.id, { waitMs: importWaitMs, signal, info });
    const { images } = this.#context;
    const there = await images.get(found.id);
    if (there?.value.phase !== 'complete') await this.#extract(directory, found, there, { ...options, maxLayerBytes });
    if (name !== undefined) await this.#context.imageNames.assign(name, found.id);
    return await this.image(found.id);
  }

  /** All images, in ascending order of their ids. */
  async images(): Promise<Image[]> {
    const names = await this.#names();
    const images: Image[] = [];
    for await (const { value } of this.#context.images.readable()) {
      if (value.phase === 'complete') images.push(asImage(value, names.get(value.id) ?? []));
    }
    return images;
  }

  /**
   * One image by its id, a name (`busybox` stands for `docker.io/library/busybox:latest`), or a beginning of
   * its id that no other image's has.
   * @throws `NOT_FOUND`
   */
  async image(nameOrId: string): Promise<Image> {
    const { value } = await this.#find(nameOrId);
    return asImage(value, (await this.#names()).get(value.id) ?? []);
  }

  /**
   * Removes an image, all its names, and the layers that no other image has.
   * @throws `NOT_FOUND`; `INVALID_STATE` if a container uses it
   */
  async removeImage(nameOrId: string): Promise<void> {
    const { id } = (await this.#find(nameOrId)).value;
    await using _lock = await this.#context.lock('images', id, { info: 'removing the image' });
    for (;;) {
      const found = await this.#context.images.get(id);
      if (found === undefined) return;
      await this.#expectUnused(id);
      // Whoever made a container meanwhile has changed the image: look again.
      if (await takeDownImage(this.#context, found)) return;
    }
  }

  /** @throws `INVALID_STATE` naming a container that uses the image */
  async #expectUnused(id: string): Promise<void> {
    for await (const { value, error } of this.#context.containers.all()) {
      if (error !== undefined) throw error;
      if (value.imageId !== id) continue;
      const state = value.phase === 'complete' ? '' : ', which is half made or half removed: repair the storage first';
      throw new PersistError(
        'INVALID_STATE',
        `the image ${id} is used by the container ${value.name} (${value.id})${state}`,
      );
    }
  }

  async #extract(
    layout: string,
    { id, manifest, manifestDigest, config, configText }: LayoutImage,
    left: Stored<ImageRecord> | undefined,
    { signal, onProgress, maxLayerBytes }: ImportOptions & { maxLayerBytes: number },
  ): Promise<void> {
    const { images } = this.#context;
    const ids: string[] = [];
    for (const diffId of config.rootfs.diff_ids) ids.push(layerId(ids.at(-1) ?? null, diffId));
    const value: ImageRecord = {
      format: 1,
      id,
      phase: 'incomplete',
      createdAt: Math.floor(Date.now() / 1000),
      manifestDigest,
      config: configText,
      layers: ids,
      losses: noLosses(),
      uses: 0,
    };
    const version = left === undefined ? await images.create(id, value) : await images.replace(id, value, left.version);
    const totalBytes = manifest.layers.reduce((sum, { size }) => sum + size, 0);
    let bytes = 0;
    try {
      for (const [index, blob] of manifest.layers.entries()) {
        const before = bytes;
        const report = () => onProgress?.({ layer: index + 1, layers: ids.length, bytes, totalBytes });
        const losses = await this.#layers.ensure(ids[index - 1] ?? null, {
          layout,
          blob,
          diffId: config.rootfs.diff_ids[index] as string,
          maxBytes: maxLayerBytes,
          signal,
          onBytes: (count) => {
            bytes += count;
            report();
          },
        });
        addLosses(value.losses, losses);
        bytes = before + blob.size;
        report();
      }
      await images.replace(id, { ...value, phase: 'complete' }, version);
    } catch (error) {
      await takeDownImage(this.#context, { value, version }).catch(() => {});
      throw systemError(error);
    }
  }

  async #find(nameOrId: string): Promise<Stored<ImageRecord>> {
    if (typeof nameOrId !== 'string' || nameOrId === '') throw invalidArgument('image', nameOrId, 'a name or an id');
    const { images, imageNames } = this.#context;
    const found = await lookup(images, imageNames, [nameOrId, nameFrom(nameOrId)], isComplete);
    if (found === undefined) throw new PersistError('NOT_FOUND', `there is no image ${JSON.stringify(nameOrId)}`);
    return found;
  }

  async #names(): Promise<Map<string, string[]>> {
    const names = new Map<string, string[]>();
    for await (const { name, id } of this.#context.imageNames.all())
      names.set(id, [...(names.get(id) ?? []), name].sort());
    return names;
  }
}

function isComplete({ phase }: ImageRecord): boolean {
  return phase === 'complete';
}

function asImage(record: ImageRecord, names: readonly string[]): Image {
  const { id, manifestDigest, config, layers, createdAt, losses } = record;
  return {
    id,
    names,
    manifestDigest,
    config: JSON.parse(config),
    layers,
    createdAt: new Date(createdAt * 1000),
    losses,
  };
}

/** The full form of what a layout calls an image; undefined if that is no name. */
function nameFrom(ref: string | undefined): string | undefined {
  try {
    return ref === undefined ? undefined : normalizeImageName(ref);
  } catch {
    return undefined;
  }
}
