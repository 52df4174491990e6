import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PersistError, type ScratchStorage } from '@sandkeep/persist-api';
import type { FsConfig } from './config.js';
import { errnoOf, fromErrno } from './errors.js';

/** Sub-directories of the root, which a store in the root itself does not see. */
export const scratch: ScratchStorage<FsConfig> = {
  at: ({ create: _, ...config }, name) => ({ ...config, root: join(config.root, `.sandkeep-${name}`) }),
  describe: ({ root }) => `directory ${root}`,
  async create({ root }) {
    try {
      await mkdir(root, { mode: 0o700 });
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw fromErrno(error, root);
      throw new PersistError('NOT_FOUND', `${join(root, '..')} does not exist: make the directory first`, {
        cause: error,
      });
    }
  },
  remove: ({ root }) => rm(root, { recursive: true, force: true, maxRetries: 3 }),
};
