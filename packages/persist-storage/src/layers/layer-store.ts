import { createHash, randomBytes } from 'node:crypto';
import { PersistError } from '@sandkeep/persist-api';
import type { LayerRecord } from '../records/record.js';
import { type Stored, unlessConflict } from '../records/records.js';
import type { StorageContext } from '../storage-context.js';
import { applyLayer, type LayerSource } from './apply-layer.js';
import { type Losses, noLosses } from './losses.js';

/** An import of the same layer by somebody else may take this long, in milliseconds. */
const importWaitMs = 24 * 3_600_000;

/**
 * The id of an image's layer, as containers/storage makes it: the base's is its diff id, any other's is the
 * SHA-256 of `<id of the layer below>+<diff id's hex digits>`.
 */
export function layerId(parent: string | null, diffId: string): string {
  const hex = diffId.slice('sha256:'.length);
  return parent === null ? hex : createHash('sha256').update(`${parent}+${hex}`).digest('hex');
}

/** The layers of images and containers: records and directories together. */
export class LayerStore {
  readonly #context: StorageContext;

  constructor(context: StorageContext) {
    this.#context = context;
  }

  /**
   * The directories of a layer and those below it, the topmost first.
   * @throws `CORRUPT` if a layer is missing
   */
  async chain(top: string | null): Promise<string[]> {
    const directories: string[] = [];
    for (let id = top; id !== null; ) {
      const found = await this.#context.layers.get(id);
      if (found?.value.phase !== 'complete') throw new PersistError('CORRUPT', `the layer ${id} is not there`);
      directories.push(found.value.directory);
      id = found.value.parent;
    }
    return directories;
  }

  /**
   * Has a layer of an image, extracted now unless it is there already. Whoever uses it has to have a record
   * that names it before: then no removal takes it.
   * @returns what its extraction, now or then, could not keep
   */
  async ensure(parent: string | null, source: LayerSource): Promise<Losses> {
    const id = layerId(parent, source.diffId);
    const there = await this.#use(id);
    if (there !== undefined) return there.losses;
    const info = `importing the layer ${source.blob.digest}`;
    const { signal } = source;
    await using _lock = await this.#context.lock('layers', id, { waitMs: importWaitMs, signal, info });
    const below = await this.chain(parent);
    let added: Stored<LayerRecord> | undefined;
    while (added === undefined) {
      const used = await this.#use(id);
      if (used !== undefined) return used.losses;
      added = await this.#begin({ id, parent, diffId: source.diffId, name: null });
    }
    const begun = added;
    return await this.#attempt(begun, async (directory) => {
      const { layerDriver } = this.#context;
      await layerDriver.create(directory, below);
      const result = await layerDriver.withTree(directory, below, (tree) => applyLayer(tree, source));
      await layerDriver.flush(directory);
      await this.#complete(begun, result.bytes, result.losses);
      return result.losses;
    });
  }

  /** Makes a container's own layer, on top of an image's. */
  async create(id: string, parent: string | null, name: string): Promise<void> {
    const below = await this.chain(parent);
    const added = await this.#begin({ id, parent, diffId: null, name });
    if (added === undefined) throw new PersistError('CONFLICT', `the layer ${id} is there already`);
    await this.#attempt(added, async (directory) => {
      await this.#context.layerDriver.create(directory, below);
      await this.#complete(added, 0, noLosses());
    });
  }

  /**
   * Removes a layer, unless it was changed or used since.
   * @param found the layer as it was before it was seen that nobody needs it
   * @throws `INVALID_STATE` if it is mounted and in use; nothing was removed then
   */
  async remove(found: Stored<LayerRecord>): Promise<void> {
    const { layers, layerDriver } = this.#context;
    const { id, directory } = found.value;
    const version = await unlessConflict(layers.replace(id, { ...found.value, phase: 'deleting' }, found.version));
    if (version === undefined) return;
    await layerDriver.remove(directory);
    await unlessConflict(layers.remove(id, version));
  }

  /** Takes the layer's lock, and removes it as {@link remove} does. */
  async removeShared(found: Stored<LayerRecord>): Promise<void> {
    await using _lock = await this.#context.lock('layers', found.value.id, { info: 'removing the layer' });
    await this.remove(found);
  }

  /** Tells all who would remove the layer that it is in use; undefined if it is not there. */
  async #use(id: string): Promise<LayerRecord | undefined> {
    const used = await this.#context.layers.change(id, (layer) =>
      layer.phase === 'complete' ? { ...layer, uses: layer.uses + 1 } : undefined,
    );
    return used?.value;
  }

  /**
   * Writes the record of a layer that is about to be made. What a dead maker left is removed after that: had it only
   * been paused, it could still complete the layer up to then.
   * @returns undefined if that has happened
   */
  async #begin(
    layer: Pick<LayerRecord, 'id' | 'parent' | 'diffId' | 'name'>,
  ): Promise<Stored<LayerRecord> | undefined> {
    const { layers, layerDriver } = this.#context;
    const left = await layers.get(layer.id);
    if (left?.value.phase === 'complete') return undefined;
    const value: LayerRecord = {
      format: 1,
      ...layer,
      phase: 'incomplete',
      createdAt: Math.floor(Date.now() / 1000),
      directory: randomBytes(8).toString('hex'),
      bytes: 0,
      losses: noLosses(),
      uses: 0,
    };
    const version = await unlessConflict(
      left === undefined ? layers.create(layer.id, value) : layers.replace(layer.id, value, left.version),
    );
    if (version === undefined) return undefined;
    // What cannot be removed now is a directory without a record, which a repair removes.
    if (left !== undefined) await layerDriver.remove(left.value.directory).catch(() => {});
    return { value, version };
  }

  async #complete({ value, version }: Stored<LayerRecord>, bytes: number, losses: Losses): Promise<void> {
    await this.#context.layers.replace(value.id, { ...value, phase: 'complete', bytes, losses }, version);
  }

  /** Takes down what a failed attempt made; its error is the one that counts. */
  async #attempt<T>(added: Stored<LayerRecord>, make: (directory: string) => Promise<T>): Promise<T> {
    const { directory, id } = added.value;
    try {
      return await make(directory);
    } catch (error) {
      await this.#context.layerDriver.remove(directory).catch(() => {});
      await this.#context.layers.remove(id, added.version).catch(() => {});
      throw error;
    }
  }
}
