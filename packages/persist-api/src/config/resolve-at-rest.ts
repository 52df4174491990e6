import type { DriverModule } from '../driver/driver-module.js';
import type { PersistDriver } from '../driver/persist-driver.js';
import { isPersistError } from '../persist-error.js';
import { type AtRestOptions, schemaFor } from './at-rest-options.js';
import { checkConfig } from './check-config.js';

/** Makes the driver that a configuration asks for of the one that its module opens. */
export type Wrap = (driver: PersistDriver) => PersistDriver;

/**
 * What the options `compress` and `encrypt` make of a driver. Keys are loaded and checked now; the code that
 * encrypts and compresses is imported only if it is needed.
 * @param options as they stand in an object
 * @param query as they stand in a URL
 * @returns undefined if neither is on
 * @throws `INVALID_ARGUMENT`
 */
export async function resolveAtRest(
  module: DriverModule,
  options: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, string>>,
  directory: string,
): Promise<Wrap | undefined> {
  // In a query everything is a text, and a text is the path of a key file.
  const { encrypt: text, ...others } = query;
  const given = text === 'true' || text === 'false' ? { ...options, encrypt: text === 'true' } : options;
  const { compress = false, encrypt = false } = checkConfig<AtRestOptions>(
    { name: module.name, configSchema: schemaFor(given.encrypt) },
    given,
    given === options ? query : others,
  );
  const wraps: Wrap[] = [];
  if (encrypt !== false) {
    const [{ loadKeys }, { encryptedWith }] = await Promise.all([
      import('./load-keys.js'),
      import('../at-rest/encrypted.js'),
    ]);
    const ring = await named(module, loadKeys(encrypt, directory));
    wraps.push((driver) => encryptedWith(driver, ring));
  }
  if (compress) {
    const { compressed } = await import('../at-rest/compressed.js');
    wraps.push(compressed);
  }
  return wraps.length === 0 ? undefined : (driver) => wraps.reduce((inner, wrap) => wrap(inner), driver);
}

/** Gives an error what that of any other option has. */
async function named<T>({ name }: DriverModule, loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if (!isPersistError(error)) throw error;
    const message = `the configuration of the ${name} driver: ${error.message}`;
    throw Object.assign(error, { message, driver: name, operation: 'open' });
  }
}
