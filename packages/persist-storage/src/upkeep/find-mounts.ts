import { bootId } from '../host-id.js';
import type { ContainerRecord } from '../records/record.js';
import type { StorageContext } from '../storage-context.js';
import { type Finding, finding } from './problem.js';
import { whenIdle } from './when-idle.js';

/** Counts of mounts that are not what the kernel says, and counts without a container. */
export async function* findMounts(context: StorageContext): AsyncGenerator<Finding, void, undefined> {
  for await (const { value } of context.containers.readable()) {
    if (value.phase !== 'complete') continue;
    const what = await whenIdle(context, 'containers', value.id, () => mismatch(context, value));
    if (what === undefined) continue;
    yield finding('mount', value.id, what, async () => {
      await whenIdle(context, 'containers', value.id, () => mend(context, value));
    });
  }
  for await (const id of context.mounts.ids()) {
    if ((await context.containers.has(id)) || !(await context.mounts.has(id))) continue;
    yield finding('mount', id, 'the container of this count of mounts is gone', async () => {
      await context.mounts.remove(id);
    });
  }
}

/** What is wrong with the count of a container, in plain words. */
async function mismatch(context: StorageContext, { id, layerId, name }: ContainerRecord): Promise<string | undefined> {
  const counted = (await context.mounts.get(id))?.value;
  const count = counted?.bootId === (await bootId()) ? counted.count : 0;
  const directory = (await context.layers.get(layerId))?.value.directory;
  const mounted = directory === undefined ? false : await context.layerDriver.isMounted(directory);
  if (mounted === true && count === 0) return `the container ${name} is mounted, but counted as not mounted`;
  if (mounted === false && count > 0) return `the container ${name} is counted as mounted ${count} times, but is not`;
  return undefined;
}

async function mend(context: StorageContext, container: ContainerRecord): Promise<void> {
  if ((await mismatch(context, container)) === undefined) return;
  const directory = (await context.layers.get(container.layerId))?.value.directory;
  while (directory !== undefined && (await context.layerDriver.isMounted(directory))) {
    await context.layerDriver.unmount(directory);
  }
  await context.mounts.remove(container.id);
}
