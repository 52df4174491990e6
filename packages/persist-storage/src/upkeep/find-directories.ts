import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeDirectories } from '../containers/container-directories.js';
import { removeTree } from '../layers/layer-directories.js';
import type { StorageContext } from '../storage-context.js';
import { type Finding, finding } from './problem.js';
import { whenIdle } from './when-idle.js';

/**
 * Directories without a record, and what removals left in the trash. A record is there before its directories
 * and goes after them, so the directories are listed first, and those without a record once more.
 */
export async function* findDirectories(context: StorageContext): AsyncGenerator<Finding, void, undefined> {
  const directories = await context.layerDriver.directories();
  const known = await knownDirectories(context);
  const still = new Set(await context.layerDriver.directories());
  for (const directory of directories) {
    if (known === undefined || known.has(directory) || !still.has(directory)) continue;
    yield finding('directory', context.layerDriver.mountPoint(directory), 'no layer has this directory', () =>
      context.layerDriver.remove(directory),
    );
  }
  const { work, run } = context.containerDirectories;
  for (const id of new Set([...(await entries(work)), ...(await entries(run))])) {
    if (await context.containers.has(id)) continue;
    if (!existsSync(join(work, id)) && !existsSync(join(run, id))) continue;
    yield finding('directory', join(work, id), 'no container has this directory', async () => {
      await whenIdle(context, 'containers', id, async () => {
        if (!(await context.containers.has(id))) await removeDirectories(context, id);
      });
    });
  }
  const trash = join(context.root.graphRoot, 'trash');
  for (const name of await entries(trash)) {
    yield finding('directory', join(trash, name), 'a removal was cut short', () => removeTree(join(trash, name)));
  }
}

/** Undefined if a layer's record is damaged, so that nobody can tell. */
async function knownDirectories(context: StorageContext): Promise<Set<string> | undefined> {
  const known = new Set<string>();
  for await (const { value, error } of context.layers.all()) {
    if (error !== undefined) return undefined;
    known.add(value.directory);
  }
  return known;
}

async function entries(directory: string): Promise<string[]> {
  return readdir(directory).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
