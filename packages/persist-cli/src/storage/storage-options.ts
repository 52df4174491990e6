import type { StorageService } from '@sandkeep/persist-storage';
import type { Command } from 'commander';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { remark } from '../output.js';

/** The options of every command of `sandkeep storage`. */
export interface StorageOptions extends GlobalOptions {
  readonly root: string;
  readonly runRoot?: string;
  readonly layerDriver?: 'overlay' | 'vfs';
}

const defaultRoot = '/var/lib/sandkeep-storage';

export function addStorageOptions(command: Command): Command {
  return command
    .option('--root <directory>', `where layers and work directories are kept; else ${defaultRoot}`)
    .option('--run-root <directory>', 'for a new root: where run directories are kept; else "run" in it')
    .option('--layer-driver <name>', 'for a new root: overlay or vfs; else overlay where it works');
}

/**
 * Opens the storage that the options name, hands it to `run`, and closes its driver.
 * @param create make the root if it is missing
 */
export async function withStorage(
  command: Command,
  run: (storage: StorageService, options: StorageOptions) => Promise<void>,
  { create = false } = {},
): Promise<void> {
  const options: StorageOptions = { root: defaultRoot, ...globalOptions<Partial<StorageOptions>>(command) };
  const { StorageService } = await import('@sandkeep/persist-storage');
  await using driver = await openChosenDriver(options);
  const { root: graphRoot, runRoot, layerDriver, namespace } = options;
  const storage = await StorageService.open({ driver, graphRoot, runRoot, layerDriver, namespace, create });
  if (storage.reason !== undefined) remark(`overlayfs does not work here, so layers are copied: ${storage.reason}`);
  await run(storage, options);
}
