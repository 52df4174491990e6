export type { LmdbConfig } from './lmdb-config.js';
export { driver, openLmdbDriver } from './lmdb-driver.js';
