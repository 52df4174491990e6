import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  checkConfig,
  createDriver,
  type DriverModule,
  type PersistDriver,
  PersistError,
  scratchDirectories,
} from '@sandkeep/persist-api';
import type { z } from 'zod';
import { lmdbBackend } from './lmdb-backend.js';
import { type LmdbConfig, lmdbConfigSchema } from './lmdb-config.js';
import { LmdbEnvironment } from './lmdb-environment.js';

/** The driver module: `lmdb:///var/lib/sandkeep?create=true` or `{ driver: 'lmdb', root: './state' }`. */
export const driver: DriverModule<z.infer<typeof lmdbConfigSchema>> = {
  name: 'lmdb',
  schemes: ['lmdb'],
  configSchema: lmdbConfigSchema,
  pathOptions: ['root'],
  fromUrl(url) {
    if (!/^lmdb:\/\/\//i.test(url)) {
      throw new PersistError(
        'INVALID_ARGUMENT',
        'an LMDB URL has three slashes and an absolute path: lmdb:///var/lib/x',
      );
    }
    return { root: fileURLToPath(`file:${url.slice('lmdb:'.length)}`) };
  },
  scratch: scratchDirectories(),
  async open({ root, create }) {
    return createDriver(lmdbBackend(await LmdbEnvironment.open(resolve(root), create)));
  },
};

/**
 * Opens the driver on a directory.
 * @throws `INVALID_ARGUMENT` for a wrong option; `NOT_FOUND` if the directory is missing; `FORMAT_UNSUPPORTED`
 * if it holds something else; `UNSUPPORTED` on a network file system; `PERMISSION_DENIED`, `UNAVAILABLE`
 */
export async function openLmdbDriver(config: LmdbConfig): Promise<PersistDriver> {
  return driver.open(checkConfig(driver, config));
}
