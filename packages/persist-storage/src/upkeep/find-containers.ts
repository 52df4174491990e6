import { takeDownContainer } from '../containers/take-down-container.js';
import { unlessDamaged } from '../records/records.js';
import type { StorageContext } from '../storage-context.js';
import { type Finding, finding } from './problem.js';
import { unreadable } from './unreadable.js';
import { whenIdle } from './when-idle.js';

/** Containers that a crash left half made or half removed, that lost their name, or their files. */
export async function* findContainers(context: StorageContext): AsyncGenerator<Finding, void, undefined> {
  for await (const { id, error } of context.containers.all()) {
    const found =
      error === undefined
        ? await whenIdle(context, 'containers', id, () => judge(context, id))
        : unreadable('container', { id, error });
    if (found !== undefined) yield found;
  }
}

async function judge(context: StorageContext, id: string): Promise<Finding | undefined> {
  const found = await context.containers.get(id);
  if (found === undefined) return undefined;
  const { phase, name, layerId } = found.value;
  if (phase !== 'complete') {
    const half = phase === 'incomplete' ? 'half made' : 'half removed';
    return finding('container', id, `the container ${name} is ${half}: its storage is to be removed`, () =>
      mend(context, id),
    );
  }
  const layer = await unlessDamaged(context.layers.get(layerId));
  const directories = new Set(await context.layerDriver.directories());
  if (layer === undefined || !directories.has(layer.value.directory)) {
    return finding('container', id, `the files of the container ${name} are gone: delete the container`);
  }
  const owner = await context.containerNames.idOf(name);
  if (owner === id) return undefined;
  if (owner === undefined) {
    return finding('container', id, `the container's name ${name} is not taken`, async () => {
      await context.containerNames.claim(name, id);
    });
  }
  return finding('container', id, `the container's name ${name} is that of ${owner}, too: delete one of them`);
}

async function mend(context: StorageContext, id: string): Promise<void> {
  await whenIdle(context, 'containers', id, async () => {
    const found = await context.containers.get(id);
    if (found !== undefined && found.value.phase !== 'complete') await takeDownContainer(context, found.value);
  });
}
