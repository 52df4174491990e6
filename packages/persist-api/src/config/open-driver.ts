import { resolve } from 'node:path';
import { checkOptions } from '../driver/check-options.js';
import type { DriverModule } from '../driver/driver-module.js';
import { invalidArgument } from '../driver/invalid-argument.js';
import type { PersistDriver } from '../driver/persist-driver.js';
import { isPersistError, PersistError } from '../persist-error.js';
import { checkConfig } from './check-config.js';
import { type DriverConfig, driverConfigSchema } from './driver-config.js';
import { importDriver } from './import-driver.js';
import { type KnownDriver, knownDrivers, knownNames, knownSchemes } from './known-drivers.js';
import { memoryModule } from './memory-module.js';
import { type DriverUrl, parseDriverUrl } from './parse-driver-url.js';
import { redactUrl } from './secrets.js';
import { suggest } from './suggest.js';

export interface OpenDriverOptions {
  /**
   * The directory, or directories in order of preference, of the project whose packages are looked at.
   * A relative `driver` (`./my-driver.js`) and relative paths in options (the `root` of the fs driver) are
   * relative to the first.
   * @default process.cwd()
   */
  readonly from?: string | readonly string[] | undefined;
}

/**
 * Opens the driver that a configuration names. The package of the driver is imported only now.
 *
 *     await openDriver('file:///var/lib/sandkeep?durability=process');
 *     await openDriver({ driver: 'fs', root: '/var/lib/sandkeep' });
 *     await openDriver({ driver: 'my-sandkeep-driver', shard: 3 });
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
  checkOptions(options);
  const { from = process.cwd() } = options;
  const directories = typeof from === 'string' ? [from] : from;
  if (!Array.isArray(directories) || !directories.every((directory) => typeof directory === 'string')) {
    throw invalidArgument('from', from, 'a directory or an array of directories');
  }
  if (typeof config === 'string' || config instanceof URL) return openUrl(String(config), directories);
  const checked = driverConfigSchema.safeParse(config);
  if (!checked.success) {
    throw new PersistError(
      'INVALID_ARGUMENT',
      `the driver configuration is not valid: expected a URL or an object whose field "driver" is one of ${knownNames.join(', ')} or the name of a package`,
    );
  }
  const { driver, ...driverOptions } = checked.data;
  const module = await findModule(driver, directories);
  return open(module, checkConfig(module, driverOptions), directories);
}

async function openUrl(url: string, from: readonly string[]): Promise<PersistDriver> {
  const parsed = parseDriverUrl(url);
  const known = knownDrivers.find(({ schemes }) => schemes.includes(parsed.scheme));
  if (known === undefined) {
    throw new PersistError(
      'INVALID_ARGUMENT',
      `no driver is known for the scheme "${parsed.scheme}:" (${suggest(parsed.scheme, knownSchemes)}). ` +
        `Any other driver is named by its package: { "driver": "package-name", … }, or imported and opened by the program`,
    );
  }
  const module = await loadKnown(known, from);
  if (!module.schemes.includes(parsed.scheme)) {
    throw new PersistError(
      'UNSUPPORTED',
      `the installed ${known.package} does not take ${parsed.scheme}: URLs, only ${module.schemes.join(', ')}`,
      { driver: known.name, operation: 'open' },
    );
  }
  return open(module, checkConfig(module, optionsOf(module, parsed), parsed.query), from);
}

function optionsOf(module: DriverModule, { base }: DriverUrl): Record<string, unknown> {
  try {
    return module.fromUrl(base);
  } catch (error) {
    if (isPersistError(error)) throw error;
    // The cause is left out: that of `new URL()` holds the whole URL.
    throw new PersistError(
      'INVALID_ARGUMENT',
      `"${redactUrl(base)}" is not a valid URL for the ${module.name} driver`,
      {
        driver: module.name,
        operation: 'open',
      },
    );
  }
}

async function findModule(driver: string, from: readonly string[]): Promise<DriverModule> {
  const known = knownDrivers.find(({ name }) => name === driver);
  if (known !== undefined) return loadKnown(known, from);
  const module = await importDriver(driver, from);
  if (module !== undefined) return module;
  throw new PersistError(
    'INVALID_ARGUMENT',
    `driver "${driver}" is neither a known driver nor a package or module found from ${from[0]} (${suggest(driver, knownNames)})`,
  );
}

async function loadKnown({ name, package: specifier }: KnownDriver, from: readonly string[]): Promise<DriverModule> {
  if (specifier === undefined) return memoryModule as DriverModule;
  const module = await importDriver(specifier, from);
  if (module !== undefined) return module;
  throw new PersistError(
    'UNSUPPORTED',
    `the driver "${name}" needs the package ${specifier}: npm install ${specifier}`,
    { driver: name, operation: 'open' },
  );
}

async function open(module: DriverModule, config: unknown, from: readonly string[]): Promise<PersistDriver> {
  const context = { driver: module.name, operation: 'open' };
  let driver: PersistDriver;
  try {
    driver = await module.open(withAbsolutePaths(config, module.pathOptions ?? [], from[0] ?? process.cwd()));
  } catch (cause) {
    if (isPersistError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PersistError('UNAVAILABLE', `the ${module.name} driver cannot be opened: ${reason}`, {
      ...context,
      cause,
    });
  }
  const { specVersion } = Object(driver) as { specVersion?: unknown };
  if (specVersion === 1) return driver;
  throw new PersistError(
    'UNSUPPORTED',
    `the ${module.name} driver implements version ${String(specVersion)} of the driver interface: this package knows version 1`,
    context,
  );
}

function withAbsolutePaths(config: unknown, pathOptions: readonly string[], directory: string): unknown {
  const given = config as Readonly<Record<string, unknown>>;
  const paths = pathOptions.flatMap((option) => {
    const path = given[option];
    return typeof path === 'string' ? [[option, resolve(directory, path)]] : [];
  });
  return paths.length === 0 ? config : { ...given, ...Object.fromEntries(paths) };
}
