import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PersistError } from '../persist-error.js';
import type { ScratchStorage } from './scratch-storage.js';

/** The configuration of a driver that keeps a store in one directory. */
interface DirectoryConfig {
  readonly root: string;
  readonly create?: boolean | undefined;
}

/**
 * Scratch storages of a driver whose store is the directory `root`: sub-directories of it, whose names
 * begin with a dot.
 */
export function scratchDirectories<Config extends DirectoryConfig>(): ScratchStorage<Config> {
  return {
    at: (config, name) => ({ ...config, create: false, root: join(config.root, `.sandkeep-${name}`) }),
    describe: ({ root }) => `directory ${root}`,
    async create({ root }) {
      try {
        await mkdir(root, { mode: 0o700 });
      } catch (cause) {
        const { code, message } = cause as NodeJS.ErrnoException;
        if (code === 'ENOENT') {
          throw new PersistError('NOT_FOUND', `${dirname(root)} does not exist: make the directory first`, { cause });
        }
        const isRefused = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
        throw new PersistError(isRefused ? 'PERMISSION_DENIED' : 'UNAVAILABLE', message, { cause });
      }
    },
    remove: ({ root }) => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
