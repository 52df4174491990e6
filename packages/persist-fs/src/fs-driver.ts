import { createDriver, inspectFileSystem, type PersistDriver } from '@sandkeep/persist-api';
import type { FsConfig } from './config.js';
import { fromErrno } from './errors.js';
import { FsBackend } from './fs-backend.js';
import { flushRoot, openRoot } from './root.js';
import { sweep } from './sweep.js';

/**
 * Opens the store in a directory. See {@link FsConfig} for the options.
 * @throws `NOT_FOUND`, `FORMAT_UNSUPPORTED`, `INVALID_ARGUMENT`, `PERMISSION_DENIED`, `UNSUPPORTED`,
 *   each naming the root and what is wrong with it
 */
export async function openFsDriver({
  root: path,
  create = false,
  durability = 'full',
}: FsConfig): Promise<PersistDriver> {
  const root = await openRoot(path, create);
  try {
    const fileSystem = inspectFileSystem(root.directory);
    if (durability === 'full' && !fileSystem.isVolatile) await flushRoot(root);
    sweep(root);
    return createDriver(new FsBackend(root, durability, fileSystem));
  } catch (error) {
    throw fromErrno(error, root.directory);
  }
}
