import { LayerStore } from '../layers/layer-store.js';
import type { ContainerRecord } from '../records/record.js';
import { unlessConflict } from '../records/records.js';
import type { StorageContext } from '../storage-context.js';
import { removeDirectories } from './container-directories.js';
import { Mounts } from './mounts.js';

/**
 * Unmounts and removes a container: its layer, its directories, its name, its record last, so that it can be done
 * again after a crash. To be called by whoever holds the container's lock.
 * @param found the container as it was seen: one that was made anew under its id since, or that whoever was making
 *   it has completed since, stays. Other changes don't matter.
 * @throws `INVALID_STATE` if its root file system is in use: nothing was removed then
 */
export async function takeDownContainer(context: StorageContext, found: ContainerRecord): Promise<void> {
  const { id, name, layerId, phase } = found;
  if (phase === 'complete') await new Mounts(context).unmount(layerId);
  const marked = await context.containers.change(id, (now) =>
    now.layerId === layerId && (now.phase === phase || now.phase === 'deleting')
      ? { ...now, phase: 'deleting' }
      : undefined,
  );
  if (marked === undefined) return;
  const layer = await context.layers.get(layerId);
  if (layer !== undefined) await new LayerStore(context).remove(layer);
  await context.mounts.remove(id);
  await removeDirectories(context, id);
  await context.containerNames.release(name, id);
  await unlessConflict(context.containers.remove(id, marked.version));
}
