import { takeDownImage } from '../images/take-down-image.js';
import { unlessDamaged } from '../records/records.js';
import type { StorageContext } from '../storage-context.js';
import { type Finding, finding } from './problem.js';
import { unreadable } from './unreadable.js';
import { whenIdle } from './when-idle.js';

/** Images that a crash left half imported or half removed, and those with layers that are gone. */
export async function* findImages(context: StorageContext): AsyncGenerator<Finding, void, undefined> {
  for await (const { id, error } of context.images.all()) {
    const found =
      error === undefined
        ? await whenIdle(context, 'images', id, () => judge(context, id))
        : unreadable('image', { id, error });
    if (found !== undefined) yield found;
  }
}

async function judge(context: StorageContext, id: string): Promise<Finding | undefined> {
  const found = await context.images.get(id);
  if (found === undefined) return undefined;
  const { phase, layers } = found.value;
  if (phase !== 'complete') {
    const half = phase === 'incomplete' ? 'half imported' : 'half removed';
    return finding('image', id, `the image is ${half}: it is to be removed`, () => mend(context, id));
  }
  const directories = new Set(await context.layerDriver.directories());
  for (const layerId of layers) {
    const layer = await unlessDamaged(context.layers.get(layerId));
    if (layer?.value.phase !== 'complete' || !directories.has(layer.value.directory)) {
      return finding('image', id, `its layer ${layerId} is gone: remove the image and import it again`);
    }
  }
  return undefined;
}

async function mend(context: StorageContext, id: string): Promise<void> {
  await whenIdle(context, 'images', id, async () => {
    const found = await context.images.get(id);
    if (found !== undefined && found.value.phase !== 'complete') await takeDownImage(context, found);
  });
}
