import {
  isPersistError,
  type LoadedConfig,
  loadConfig,
  openDriver,
  type PersistDriver,
  PersistError,
} from '@sandkeep/persist-api';
import type { GlobalOptions } from './global-options.js';

/**
 * Opens the driver that `--url`, the environment or the configuration file names.
 * @throws as {@link chooseStore} and {@link openConfigured}
 */
export async function openChosenDriver(options: Pick<GlobalOptions, 'url'>): Promise<PersistDriver> {
  return openConfigured(await chooseStore(options));
}

/**
 * The configuration that `--url`, the environment or the configuration file gives.
 * @throws `INVALID_ARGUMENT` if none of them names a store; else as `loadConfig`
 */
export async function chooseStore({ url }: Pick<GlobalOptions, 'url'>): Promise<LoadedConfig> {
  const chosen = url === undefined ? await loadConfig() : { config: url, source: '--url', from: process.cwd() };
  if (chosen !== undefined) return chosen;
  throw new PersistError(
    'INVALID_ARGUMENT',
    'no store is chosen: give --url file:///path/to/directory, or set SANDKEEP_URL, or write a sandkeep.config.json',
  );
}

/**
 * Opens the driver that a configuration names. Driver packages are looked for in the project first, then
 * beside this package.
 * @throws as `openDriver`; the message starts with the source of the configuration
 */
export async function openConfigured({ config, source, from }: LoadedConfig): Promise<PersistDriver> {
  try {
    return await openDriver(config, { from: [from, import.meta.dirname] });
  } catch (error) {
    throw isPersistError(error) ? Object.assign(error, { message: `${source}: ${error.message}` }) : error;
  }
}
