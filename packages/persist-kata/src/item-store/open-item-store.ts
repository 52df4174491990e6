import { type DriverConfig, type OpenDriverOptions, openDriver, type PersistDriver } from '@sandkeep/persist-api';
import type { DeviceTypes } from '../devices/device-types.js';
import { checkRoots } from '../items/kata-item.js';
import type { ItemDrivers } from './item-drivers.js';
import { ItemStore, type ItemStoreOptions } from './item-store.js';

/** The configuration of the driver of each root: a URL, or an object that names the driver. */
export interface ItemStoreConfig {
  readonly config: string | DriverConfig;
  readonly state: string | DriverConfig;
  /** @default the driver of `config` */
  readonly uuid?: string | DriverConfig | undefined;
}

/**
 * Opens an item store, and its drivers, by configuration:
 *
 *     await openItemStore({ config: 's3://state/kata', state: 'file:///run/kata', uuid: 'redis://cache' });
 *     await openItemStore('file:///var/lib/kata');
 *
 * @param config one configuration for everything, or one for each root
 * @returns a store that closes its drivers when it is closed
 * @throws as `openDriver`; the drivers that were opened are closed then
 */
export async function openItemStore<OwnTypes extends DeviceTypes = {}>(
  config: string | DriverConfig | ItemStoreConfig,
  options: ItemStoreOptions<OwnTypes> & OpenDriverOptions = {},
): Promise<ItemStore<OwnTypes>> {
  const { from, ...storeOptions } = options;
  if (isPerRoot(config)) checkRoots('configuration', { ...config });
  const drivers: PersistDriver[] = [];
  const open = async (one: string | DriverConfig) => {
    const driver = await openDriver(one, { from });
    drivers.push(driver);
    return driver;
  };
  try {
    const roots = isPerRoot(config)
      ? {
          config: await open(config.config),
          state: await open(config.state),
          uuid: config.uuid === undefined ? undefined : await open(config.uuid),
        }
      : await open(config);
    return new OwningItemStore(roots, storeOptions, drivers);
  } catch (error) {
    await Promise.allSettled(drivers.map((driver) => driver.close()));
    throw error;
  }
}

function isPerRoot(config: string | DriverConfig | ItemStoreConfig): config is ItemStoreConfig {
  return typeof config === 'object' && config !== null && !('driver' in config);
}

class OwningItemStore<OwnTypes extends DeviceTypes> extends ItemStore<OwnTypes> {
  readonly #owned: readonly PersistDriver[];

  constructor(
    drivers: PersistDriver | ItemDrivers,
    options: ItemStoreOptions<OwnTypes>,
    owned: readonly PersistDriver[],
  ) {
    super(drivers, options);
    this.#owned = owned;
  }

  override async close(): Promise<void> {
    await super.close();
    await Promise.all(this.#owned.map((driver) => driver.close()));
  }
}
