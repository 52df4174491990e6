import { loadConfig, openDriver, type PersistDriver, PersistError } from '@sandkeep/persist-api';
import type { GlobalOptions } from './global-options.js';

/**
 * Opens the driver that `--url`, the environment or the configuration file names. Driver packages are
 * looked for in the project first, then beside this package.
 * @throws `INVALID_ARGUMENT` if none of them names one; else as `openDriver` and `loadConfig`
 */
export async function openChosenDriver({ url }: Pick<GlobalOptions, 'url'>): Promise<PersistDriver> {
  const chosen = url === undefined ? await loadConfig() : { config: url, from: process.cwd() };
  if (chosen !== undefined) return openDriver(chosen.config, { from: [chosen.from, import.meta.dirname] });
  throw new PersistError(
    'INVALID_ARGUMENT',
    'no store is chosen: give --url file:///path/to/directory, or set SANDKEEP_URL, or write a sandkeep.config.json',
  );
}
