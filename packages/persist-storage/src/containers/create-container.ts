import { randomBytes } from 'node:crypto';
import { checkSegment, isPersistError, PersistError } from '@sandkeep/persist-api';
import { LayerStore } from '../layers/layer-store.js';
import type { ContainerRecord, ImageRecord } from '../records/record.js';
import type { StorageContext } from '../storage-context.js';
import { runDirectory, workDirectory } from './container-directories.js';
import type { ContainerInfo } from './container-info.js';
import { encodeMetadata } from './container-metadata.js';
import { takeDownContainer } from './take-down-container.js';

/** What {@link createContainer} needs to know, all of it checked. */
export interface NewContainer {
  readonly id: string | undefined;
  readonly name: string;
  readonly imageName: string;
  readonly image: ImageRecord;
  readonly mountLabel: string | undefined;
}

/**
 * Makes a container: its record, *incomplete*, then its name, layer and directories, then the record again. A
 * failure takes all of it down, and is what is reported; a crash leaves an incomplete record for the next one
 * who wants its id or name, or for a repair.
 * @throws `CONFLICT` if the id or the name is taken; `NOT_FOUND` if the image is removed meanwhile
 */
export async function createContainer(context: StorageContext, wanted: NewContainer): Promise<ContainerInfo> {
  const { name, image, imageName, mountLabel } = wanted;
  const id = wanted.id ?? randomBytes(32).toString('hex');
  checkSegment(id, 'container id');
  await using _lock = await context.lock('containers', id, { info: `creating the container ${name}` });
  await clearRemains(context, id);
  const createdAt = Math.floor(Date.now() / 1000);
  const value: ContainerRecord = {
    format: 1,
    id,
    phase: 'incomplete',
    createdAt,
    name,
    imageId: image.id,
    layerId: randomBytes(32).toString('hex'),
    metadata: encodeMetadata({ imageName, imageId: image.id, name, createdAt, mountLabel }),
  };
  const version = await context.containers.create(id, value);
  try {
    await claimName(context, name, id);
    await useImage(context, image.id);
    await new LayerStore(context).create(value.layerId, image.layers.at(-1) ?? null, `${name}-layer`);
    const dir = await workDirectory(context, id);
    const runDir = await runDirectory(context, id);
    await context.containers.replace(id, { ...value, phase: 'complete' }, version);
    return { id, dir, runDir, config: JSON.parse(image.config) };
  } catch (error) {
    await takeDownContainer(context, value).catch(() => {});
    throw error;
  }
}

/** Takes down what a crash left of a container. @throws `CONFLICT` if there is a whole one */
async function clearRemains(context: StorageContext, id: string): Promise<void> {
  const found = await context.containers.get(id);
  if (found === undefined) return;
  if (found.value.phase === 'complete') {
    throw new PersistError('CONFLICT', `the container id ${id} is taken by the container ${found.value.name}`);
  }
  await takeDownContainer(context, found.value);
}

/** @throws `CONFLICT` if another container has the name */
async function claimName(context: StorageContext, name: string, id: string): Promise<void> {
  for (;;) {
    const owner = await context.containerNames.claim(name, id);
    if (owner === id) return;
    await freeName(context, name, owner);
  }
}

/** Frees a name whose container is not there, or was left by a crash. @throws `CONFLICT` otherwise */
async function freeName(context: StorageContext, name: string, owner: string): Promise<void> {
  const has = async () => {
    const found = await context.containers.get(owner);
    return found?.value.name === name ? found : undefined;
  };
  const taken = () => new PersistError('CONFLICT', `the container name ${name} is taken by the container ${owner}`);
  if ((await has())?.value.phase === 'complete') throw taken();
  try {
    await using _lock = await context.lock('containers', owner, { info: `freeing the name ${name}` });
    const found = await has();
    if (found === undefined) await context.containerNames.release(name, owner);
    else if (found.value.phase === 'complete') throw taken();
    else await takeDownContainer(context, found.value);
  } catch (error) {
    throw isPersistError(error, 'LOCK_TIMEOUT') ? taken() : error;
  }
}

/** Tells whoever would remove the image that it is in use. */
async function useImage(context: StorageContext, id: string): Promise<void> {
  const used = await context.images.change(id, (image) =>
    image.phase === 'complete' ? { ...image, uses: image.uses + 1 } : undefined,
  );
  if (used === undefined) throw new PersistError('NOT_FOUND', `the image ${id} was removed meanwhile`);
}
