export { type FsConfig, fsConfigSchema } from './config.js';
export { driver } from './driver.js';
export { openFsDriver } from './fs-driver.js';
