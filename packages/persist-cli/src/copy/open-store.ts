import { type LoadedConfig, loadConfig, type PersistDriver } from '@sandkeep/persist-api';
import { openConfigured } from '../open-chosen-driver.js';

/**
 * Opens one of two stores.
 * @param option the option that names it: `--from`
 * @param given a URL, or the path of a configuration file
 * @throws as `loadConfig` and `openConfigured`
 */
export async function openStore(option: string, given: string): Promise<PersistDriver> {
  const isFile = /\.(json|js|mjs)$/i.test(given) && !/^[a-z][a-z0-9+.-]*:/i.test(given);
  const loaded = isFile ? await loadConfig({ file: given }) : undefined;
  const config: LoadedConfig = loaded ?? { config: given, source: option, from: process.cwd() };
  return openConfigured({ ...config, source: isFile ? `${option} ${given}` : option });
}
