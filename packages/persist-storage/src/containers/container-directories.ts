import { join } from 'node:path';
import { removeTree } from '../layers/layer-directories.js';
import { makePath } from '../make-path.js';
import type { StorageContext } from '../storage-context.js';

/** The directory of a container that outlives a reboot, mode 0700; made when it is missing. */
export function workDirectory(context: StorageContext, id: string): Promise<string> {
  return made(context.containerDirectories.work, id);
}

/** The directory of a container that need not outlive a reboot, mode 0700; made when it is missing. */
export function runDirectory(context: StorageContext, id: string): Promise<string> {
  return made(context.containerDirectories.run, id);
}

export async function removeDirectories(context: StorageContext, id: string): Promise<void> {
  const { work, run } = context.containerDirectories;
  await removeTree(join(work, id));
  await removeTree(join(run, id));
}

async function made(folder: string, id: string): Promise<string> {
  const path = join(folder, id, 'userdata');
  makePath(path);
  return path;
}
