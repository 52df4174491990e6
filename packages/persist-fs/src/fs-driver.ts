import { createDriver, type PersistDriver } from '@sandkeep/persist-api';
import type { FsConfig } from './config.js';
import { FsBackend } from './fs-backend.js';
import { openRoot } from './root.js';

/**
 * Opens the store in a directory. See {@link FsConfig} for the options.
 * @throws `NOT_FOUND`, `FORMAT_UNSUPPORTED`, `INVALID_ARGUMENT`, `PERMISSION_DENIED`, `UNSUPPORTED`,
 *   each naming the root and what is wrong with it
 */
export async function openFsDriver({ root, create = false, durability = 'full' }: FsConfig): Promise<PersistDriver> {
  return createDriver(new FsBackend(await openRoot(root, create), durability));
}
