import { checkConfig, createDriver, type DriverModule, type PersistDriver, PersistError } from '@sandkeep/persist-api';
import { z } from 'zod';
import { backend, Storage } from './backend.js';

const configSchema = z.strictObject({
  /** Instances that are given the same storage see each other. */
  storage: z.instanceof(Storage).optional(),
});

/** Is found by `openDriver({ driver: 'package-name', … })`. */
export const driver: DriverModule<z.output<typeof configSchema>> = {
  name: 'driver-name',
  schemes: ['driver-name'],
  configSchema,
  fromUrl(url) {
    if (/^[^:]*:(\/\/)?$/.test(url)) return {};
    throw new PersistError('INVALID_ARGUMENT', 'a URL of this driver is exactly "driver-name:"');
  },
  async open({ storage = new Storage() }) {
    return createDriver(backend(storage));
  },
};

/** Opens the driver from a program. @throws `INVALID_ARGUMENT` for an unknown or wrong option */
export async function open(config: z.input<typeof configSchema> = {}): Promise<PersistDriver> {
  return driver.open(checkConfig(driver, config));
}

export { Storage };
