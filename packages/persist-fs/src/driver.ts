import { type DriverModule, directoryOfUrl, scratchDirectories } from '@sandkeep/persist-api';
import { type FsConfig, fsConfigSchema } from './config.js';
import { openFsDriver } from './fs-driver.js';

/** `file:///absolute/directory?durability=process&create=true`; see {@link FsConfig}. */
export const driver: DriverModule<FsConfig> = {
  name: 'fs',
  schemes: ['file'],
  configSchema: fsConfigSchema,
  pathOptions: ['root'],
  fromUrl: (url) => ({ root: directoryOfUrl(url, 'file', 'fs') }),
  open: openFsDriver,
  scratch: scratchDirectories(),
};
