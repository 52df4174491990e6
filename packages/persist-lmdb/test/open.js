import { openLmdbDriver } from '@sandkeep/persist-lmdb';

/** How a child process opens an instance. */
export const open = (config) => openLmdbDriver(config);
