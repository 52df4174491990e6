import { fileURLToPath } from 'node:url';
import { type DriverModule, PersistError, scratchDirectories } from '@sandkeep/persist-api';
import { type FsConfig, fsConfigSchema } from './config.js';
import { openFsDriver } from './fs-driver.js';

/** `file:///absolute/directory?durability=process&create=true`; see {@link FsConfig}. */
export const driver: DriverModule<FsConfig> = {
  name: 'fs',
  schemes: ['file'],
  configSchema: fsConfigSchema,
  pathOptions: ['root'],
  fromUrl(url) {
    try {
      // `new URL()` would take `file:a` and `file:../a` for `/a`.
      if (!/^file:\/\/\//i.test(url)) throw new TypeError('the path is not absolute');
      return { root: fileURLToPath(url) };
    } catch (error) {
      const expected = "expected file:///absolute/directory, or { driver: 'fs', root: './relative' }";
      throw new PersistError('INVALID_ARGUMENT', `URL ${JSON.stringify(url)} is not valid: ${expected}`, {
        cause: error,
      });
    }
  },
  open: openFsDriver,
  scratch: scratchDirectories(),
};
