import { LayerStore } from '../layers/layer-store.js';
import type { ImageRecord, LayerRecord } from '../records/record.js';
import { type Stored, unlessConflict } from '../records/records.js';
import type { StorageContext } from '../storage-context.js';

/**
 * Removes an image, its names and the layers that nothing else has, its record last, so that it can be done
 * again after a crash. To be called by whoever holds the image's lock.
 * @param found the image as it was before it was seen that nobody uses it
 * @returns false, with nothing done, if it has changed since
 */
export async function takeDownImage(context: StorageContext, found: Stored<ImageRecord>): Promise<boolean> {
  const { id, layers } = found.value;
  const version = await unlessConflict(
    context.images.replace(id, { ...found.value, phase: 'deleting' }, found.version),
  );
  if (version === undefined) return false;
  const own = await readLayers(context, layers);
  const needed = await layersInUse(context);
  const store = new LayerStore(context);
  for (const layer of own.reverse()) if (!needed.has(layer.value.id)) await store.removeShared(layer);
  for await (const { name, id: target } of context.imageNames.all()) {
    if (target === id) await context.imageNames.release(name, id);
  }
  await unlessConflict(context.images.remove(id, version));
  return true;
}

/**
 * The layers that images have or are about to have, and those that are containers' own.
 * @throws `CORRUPT` if a record is damaged, so that nobody can tell
 */
export async function layersInUse(context: StorageContext): Promise<Set<string>> {
  const used = new Set<string>();
  for await (const { value, error } of context.images.all()) {
    if (error !== undefined) throw error;
    if (value.phase !== 'deleting') for (const id of value.layers) used.add(id);
  }
  for await (const { value, error } of context.containers.all()) {
    if (error !== undefined) throw error;
    used.add(value.layerId);
  }
  return used;
}

async function readLayers(context: StorageContext, ids: readonly string[]): Promise<Stored<LayerRecord>[]> {
  const found = await Promise.all(ids.map((id) => context.layers.get(id)));
  return found.filter((layer) => layer !== undefined);
}
