import { layersInUse } from '../images/take-down-image.js';
import { LayerStore } from '../layers/layer-store.js';
import type { LayerRecord } from '../records/record.js';
import { type Stored, unlessDamaged } from '../records/records.js';
import type { StorageContext } from '../storage-context.js';
import { type Finding, finding } from './problem.js';
import { unreadable } from './unreadable.js';
import { whenIdle } from './when-idle.js';

/** Layers that nothing has, whole or not. One that is half made and still wanted is made anew by its next user. */
export async function* findLayers(context: StorageContext): AsyncGenerator<Finding, void, undefined> {
  const layers: Stored<LayerRecord>[] = [];
  for await (const found of context.layers.all()) {
    if (found.error === undefined) layers.push(found);
    else yield unreadable('layer', found);
  }
  // The layers were read before: whoever begins to use one meanwhile changes it, and its removal fails.
  const used = await unlessDamaged(layersInUse(context));
  if (used === undefined) return;
  for (const found of layers) {
    const { id } = found.value;
    if (used.has(id)) continue;
    const idle = await whenIdle(context, 'layers', id, () => context.layers.get(id));
    if (idle === undefined || idle.version !== found.version) continue;
    const what = found.value.name === null ? 'no image has this layer' : `the container of ${found.value.name} is gone`;
    yield finding('layer', id, what, () => mend(context, found));
  }
}

async function mend(context: StorageContext, found: Stored<LayerRecord>): Promise<void> {
  await whenIdle(context, 'layers', found.value.id, () => new LayerStore(context).remove(found));
}
