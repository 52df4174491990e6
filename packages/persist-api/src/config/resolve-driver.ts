import { resolve } from 'node:path';
import { checkOptions } from '../driver/check-options.js';
import type { DriverModule } from '../driver/driver-module.js';
import { invalidArgument } from '../driver/invalid-argument.js';
import { isPersistError, PersistError } from '../persist-error.js';
import { checkConfig } from './check-config.js';
import { type DriverConfig, driverConfigSchema } from './driver-config.js';
import { importDriver } from './import-driver.js';
import { type KnownDriver, knownDrivers, knownNames, knownSchemes } from './known-drivers.js';
import { memoryModule } from './memory-module.js';
import { type DriverUrl, parseDriverUrl } from './parse-driver-url.js';
import { resolveAtRest, type Wrap } from './resolve-at-rest.js';
import { redactUrl } from './secrets.js';
import { suggest } from './suggest.js';

/** Where `openDriver` and `resolveDriver` look for packages and files. */
export interface OpenDriverOptions {
  /**
   * The directory, or directories in order of preference, of the project whose packages are looked at.
   * A relative `driver` (`./my-driver.js`) and relative paths in options (the `root` of the fs driver) are
   * relative to the first.
   * @default process.cwd()
   */
  readonly from?: string | readonly string[] | undefined;
}

/** A driver's module, and what it is to be opened with. */
export interface ResolvedDriver {
  readonly module: DriverModule;
  /** As the module's schema gives it: checked, with defaults, relative paths made absolute. */
  readonly config: unknown;
  /** What `compress` and `encrypt` make of the driver once it is open; undefined if neither is on. */
  readonly wrap?: Wrap | undefined;
}

/** The options that are the same for every driver. */
const atRestOptions = ['compress', 'encrypt'];

/**
 * Finds the driver that a configuration names, and checks its options, without opening anything.
 * @param config as for `openDriver`
 * @throws as `openDriver` does before it opens
 */
export async function resolveDriver(
  config: string | URL | DriverConfig,
  options: OpenDriverOptions = {},
): Promise<ResolvedDriver> {
  checkOptions(options);
  const { from = process.cwd() } = options;
  const directories = typeof from === 'string' ? [from] : from;
  if (!Array.isArray(directories) || !directories.every((directory) => typeof directory === 'string')) {
    throw invalidArgument('from', from, 'a directory or an array of directories');
  }
  if (typeof config === 'string' || config instanceof URL) {
    return resolveUrl(String(config), directories);
  }
  const checked = driverConfigSchema.safeParse(config);
  if (!checked.success) {
    throw new PersistError(
      'INVALID_ARGUMENT',
      `the driver configuration is not valid: expected a URL or an object whose field "driver" is one of ${knownNames.join(', ')} or the name of a package`,
    );
  }
  const { driver, $schema: _, ...given } = checked.data;
  return resolved(await findModule(driver, directories), given, {}, directories);
}

async function resolveUrl(url: string, from: readonly string[]): Promise<ResolvedDriver> {
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
  return resolved(module, optionsOf(module, parsed), parsed.query, from);
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

async function resolved(
  module: DriverModule,
  options: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, string>>,
  [directory = process.cwd()]: readonly string[],
): Promise<ResolvedDriver> {
  const [inObject, inQuery] = [split(options), split(query)];
  const config = checkConfig(module, inObject.others, inQuery.others, atRestOptions);
  const wrap = await resolveAtRest(module, inObject.atRest, inQuery.atRest, directory);
  return { module, config: withAbsolutePaths(config, module.pathOptions ?? [], directory), wrap };
}

function split<T>(options: Readonly<Record<string, T>>) {
  const entries = Object.entries(options);
  const isAtRest = ([option]: [string, T]) => atRestOptions.includes(option);
  return {
    atRest: Object.fromEntries(entries.filter(isAtRest)),
    others: Object.fromEntries(entries.filter((entry) => !isAtRest(entry))),
  };
}

function withAbsolutePaths(config: unknown, pathOptions: readonly string[], directory: string): unknown {
  const given = config as Readonly<Record<string, unknown>>;
  const paths = pathOptions.flatMap((option) => {
    const path = given[option];
    return typeof path === 'string' ? [[option, resolve(directory, path)]] : [];
  });
  return paths.length === 0 ? config : { ...given, ...Object.fromEntries(paths) };
}
