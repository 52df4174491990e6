import type { PersistDriver } from '../driver/persist-driver.js';
import { isPersistError, PersistError } from '../persist-error.js';
import type { DriverConfig } from './driver-config.js';
import { type OpenDriverOptions, type ResolvedDriver, resolveDriver } from './resolve-driver.js';

/**
 * Opens the driver that a configuration names. The package of the driver is imported only now.
 *
 *     await openDriver('file:///var/lib/sandkeep?durability=process');
 *     await openDriver({ driver: 'fs', root: '/var/lib/sandkeep' });
 *     await openDriver({ driver: 'my-sandkeep-driver', shard: 3 });
 *     await openDriver({ driver: 'fs', root: '/var/lib/sandkeep', compress: true, encrypt: { keyFile: './keys' } });
 *     await openDriver('file:///var/lib/sandkeep?encrypt=true'); // keys: in SANDKEEP_ENCRYPTION_KEYS
 *
 * @param config a URL, whose query parameters are options of the driver, or an object
 * @throws `INVALID_ARGUMENT` for an unknown scheme or driver, and for options that the driver does not
 * take: one error that names each of them; `UNSUPPORTED` if the driver's package is missing or is no
 * driver package of this version; else what the driver rejects with. No message holds the password of
 * the URL or the value of an option that is a secret.
 */
export async function openDriver(
  config: string | URL | DriverConfig,
  options: OpenDriverOptions = {},
): Promise<PersistDriver> {
  return openResolved(await resolveDriver(config, options));
}

/**
 * Opens a driver that {@link resolveDriver} has found.
 * @param resolved its configuration may be another that the module takes
 * @throws what the driver rejects with; `UNSUPPORTED` if it is no driver of this version
 */
export async function openResolved({ module, config, wrap }: ResolvedDriver): Promise<PersistDriver> {
  const context = { driver: module.name, operation: 'open' };
  let driver: PersistDriver;
  try {
    driver = await module.open(config);
  } catch (cause) {
    if (isPersistError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PersistError('UNAVAILABLE', `the ${module.name} driver cannot be opened: ${reason}`, {
      ...context,
      cause,
    });
  }
  const { specVersion } = Object(driver) as { specVersion?: unknown };
  if (specVersion === 1) return wrap === undefined ? driver : wrap(driver);
  throw new PersistError(
    'UNSUPPORTED',
    `the ${module.name} driver implements version ${String(specVersion)} of the driver interface: this package knows version 1`,
    context,
  );
}
