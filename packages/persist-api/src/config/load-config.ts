import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { isPersistError, PersistError } from '../persist-error.js';
import { type DriverConfig, driverConfigSchema } from './driver-config.js';

/** What {@link loadConfig} found. */
export interface LoadedConfig {
  /** To be handed to {@link openDriver}, together with {@link from}: relative paths in it start there. */
  readonly config: string | DriverConfig;
  /** Where it came from: the absolute path of a file, or `SANDKEEP_URL`. */
  readonly source: string;
  /**
   * The absolute directory of the project that it belongs to, which is that of the file: the `from` of
   * {@link openDriver}.
   */
  readonly from: string;
}

/** What other tools read. A file that would be overlooked in silence is refused. */
const unsupported = ['.ts', '.mts', '.cjs', '.yaml', '.yml', '.toml'];

const fileSchema = z.union([z.string().min(1), driverConfigSchema]);

/**
 * Finds the configuration of a project: the environment variable `SANDKEEP_URL` if it is set and not
 * empty; else the nearest `sandkeep.config.json`, `sandkeep.config.js`, `sandkeep.config.mjs` (default
 * export) or `"sandkeep"` key of a package.json, in `from` or a directory above it, up to the home
 * directory or the root. It holds a URL or a {@link DriverConfig}. Relative paths in it, such as the `root`
 * of the fs driver or a `driver` (`./my-driver.js`), are relative to that file, if {@link openDriver} is
 * given the `from` that is found with it.
 *
 * @returns undefined if there is none
 * @throws `INVALID_ARGUMENT` that names the file and the reason if one cannot be read, or holds neither
 */
export async function loadConfig({
  from = process.cwd(),
  file,
}: {
  readonly from?: string | undefined;
  /** Take this file, one with an ending of those above, and look nowhere else. */
  readonly file?: string | undefined;
} = {}): Promise<LoadedConfig | undefined> {
  const url = process.env.SANDKEEP_URL;
  if (file === undefined && url) return { config: url, source: 'SANDKEEP_URL', from: resolve(from) };
  const found = await find(from, file);
  if (found === null) return undefined;
  const { filepath } = found;
  const checked = fileSchema.safeParse(found.config);
  if (!checked.success) {
    throw broken(
      filepath,
      'it must hold a URL or an object with a field "driver", such as { "driver": "fs", "root": "./state" }',
    );
  }
  return { config: checked.data, source: filepath, from: dirname(filepath) };
}

async function find(from: string, file: string | undefined) {
  const js = async (file: string) => {
    try {
      return (await import(pathToFileURL(file).href)).default;
    } catch (cause) {
      throw broken(file, cause instanceof Error ? cause.message : String(cause), cause);
    }
  };
  const refuse = (file: string) => {
    throw broken(file, 'expected sandkeep.config.json, sandkeep.config.js or sandkeep.config.mjs');
  };
  const { lilconfig } = await import('lilconfig');
  const finder = lilconfig('sandkeep', {
    searchPlaces: [
      ...['.json', '.js', '.mjs', ...unsupported].map((extension) => `sandkeep.config${extension}`),
      'package.json',
    ],
    packageProp: 'sandkeep',
    loaders: {
      '.json': parseJson,
      '.js': js,
      '.mjs': js,
      ...Object.fromEntries(unsupported.map((extension) => [extension, refuse])),
    },
    ignoreEmptySearchPlaces: false,
    cache: false,
  });
  try {
    return await (file === undefined ? finder.search(from) : finder.load(resolve(from, file)));
  } catch (error) {
    if (isPersistError(error)) throw error;
    const { path = file ?? from, message } = error as NodeJS.ErrnoException;
    throw broken(path, message, error);
  }
}

function parseJson(file: string, content: string): unknown {
  try {
    return JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    // The message goes on with an excerpt of the file, which may hold a password.
    throw broken(file, (error as Error).message.replace(/, (?:\.\.\.)?".*/s, ' in JSON'));
  }
}

function broken(file: string, reason: string, cause?: unknown): PersistError {
  return new PersistError('INVALID_ARGUMENT', `the configuration ${file} cannot be used: ${reason}`, { cause });
}
