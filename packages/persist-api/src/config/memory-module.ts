import { z } from 'zod';
import type { DriverModule } from '../driver/driver-module.js';
import { MemoryStorage, memoryDriver } from '../memory-driver.js';
import { PersistError } from '../persist-error.js';

const configSchema: z.ZodType<{ readonly storage?: MemoryStorage }> = z.strictObject({});

/** The driver that is built in: `memory:` or `{ driver: 'memory' }`. Each opening has a storage of its own. */
export const memoryModule: DriverModule<z.infer<typeof configSchema>> = {
  name: 'memory',
  schemes: ['memory'],
  configSchema,
  fromUrl(url) {
    if (!/^memory:(\/\/)?$/i.test(url)) {
      throw new PersistError('INVALID_ARGUMENT', 'a memory URL is exactly "memory:"');
    }
    return {};
  },
  open: async (config) => memoryDriver(config),
  scratch: {
    at: () => ({ storage: new MemoryStorage() }),
    describe: () => 'the memory of this process',
    remove: async () => {},
  },
};
