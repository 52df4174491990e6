import { resolve } from 'node:path';
import { z } from 'zod';
import type { DriverModule } from '../driver/driver-module.js';
import type { PersistDriver } from '../driver/persist-driver.js';
import { scratchDirectories } from '../driver/scratch-directories.js';
import { isPersistError, PersistError } from '../persist-error.js';
import { directoryOfUrl } from './directory-of-url.js';

const configSchema = z.strictObject({
  /** The directory of the store, on a local file system. */
  root: z.string().regex(/^[^\0]+$/, 'expected a path'),
  /** Make the directory if it is missing; otherwise that is `NOT_FOUND`. */
  create: z.boolean().default(false),
});

/** What a driver takes whose store is a directory. */
export type DirectoryConfig = z.input<typeof configSchema>;

/**
 * The module of a driver whose store is a directory: `name:///var/lib/x?create=true`, or
 * `{ driver: 'name', root: './x' }`.
 * @param open gets an absolute path; rejects as {@link DriverModule.open}. Its errors are completed, and any that is no
 *   PersistError becomes `UNAVAILABLE`
 */
export function directoryDriver(
  name: string,
  open: (root: string, create: boolean) => Promise<PersistDriver>,
): DriverModule<z.output<typeof configSchema>> {
  return {
    name,
    schemes: [name],
    configSchema,
    pathOptions: ['root'],
    fromUrl: (url) => ({ root: directoryOfUrl(url, name, name) }),
    scratch: scratchDirectories(),
    async open(config) {
      const root = resolve(config.root);
      try {
        return await open(root, config.create);
      } catch (error) {
        const known = isPersistError(error)
          ? error
          : new PersistError('UNAVAILABLE', `${root} cannot be opened: ${(error as Error).message}`, { cause: error });
        throw Object.assign(known, { driver: name, operation: 'open' });
      }
    },
  };
}
