import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { DriverModule } from '../driver/driver-module.js';
import { PersistError } from '../persist-error.js';

const isFunction = (value: unknown) => typeof value === 'function';

const driverModuleSchema = z.looseObject({
  name: z.string().min(1),
  schemes: z.array(z.string()),
  configSchema: z.custom<unknown>((value) => isFunction(Object(value).safeParse), 'expected a zod schema'),
  pathOptions: z.array(z.string()).optional(),
  fromUrl: z.custom<unknown>(isFunction, 'expected a function'),
  open: z.custom<unknown>(isFunction, 'expected a function'),
  scratch: z
    .looseObject({
      at: z.custom<unknown>(isFunction, 'expected a function'),
      describe: z.custom<unknown>(isFunction, 'expected a function'),
      remove: z.custom<unknown>(isFunction, 'expected a function'),
    })
    .optional(),
});

/**
 * Imports the module of a driver.
 * @param specifier an npm package, or the path (`./driver.js`) or file URL of a module
 * @param from directories whose packages are looked at, in this order, before those of this package;
 * a relative path is relative to the first
 * @returns undefined if there is no such package or file
 * @throws `UNSUPPORTED` if it is there, but cannot be imported or exports no valid `driver`
 */
export async function importDriver(specifier: string, from: readonly string[]): Promise<DriverModule | undefined> {
  const url = await locate(specifier, from);
  if (url === undefined) return undefined;
  let module: { driver?: unknown };
  try {
    module = await import(url);
  } catch (cause) {
    const { code, url: missing, message } = Object(cause) as { code?: string; url?: string; message?: string };
    if (code === 'ERR_MODULE_NOT_FOUND' && missing === url) return undefined;
    throw new PersistError('UNSUPPORTED', `the driver module ${specifier} cannot be loaded: ${message}`, { cause });
  }
  const checked = driverModuleSchema.safeParse(module.driver);
  if (checked.success) return module.driver as DriverModule;
  const reasons =
    module.driver === undefined
      ? 'it has no export named "driver"'
      : checked.error.issues.map(({ path, message }) => `${['driver', ...path].join('.')}: ${message}`).join('; ');
  throw new PersistError('UNSUPPORTED', `${specifier} is not a driver package: ${reasons}`);
}

async function locate(specifier: string, from: readonly string[]): Promise<string | undefined> {
  if (specifier.startsWith('file:')) return specifier;
  if (isAbsolute(specifier) || /^\.\.?[\\/]/.test(specifier)) {
    return pathToFileURL(resolve(from[0] ?? process.cwd(), specifier)).href;
  }
  const { resolve: resolveModule } = await import('import-meta-resolve');
  for (const parent of [
    ...from.map((directory) => pathToFileURL(join(resolve(directory), '_')).href),
    import.meta.url,
  ]) {
    try {
      return resolveModule(specifier, parent);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_INVALID_MODULE_SPECIFIER') continue;
      throw new PersistError('UNSUPPORTED', `the driver module ${specifier} cannot be loaded: ${message}`, { cause });
    }
  }
  return undefined;
}
