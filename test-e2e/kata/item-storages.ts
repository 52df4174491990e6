import { MemoryStorage, memoryDriver, type PersistDriver } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import type { ItemRoot } from '@sandkeep/persist-kata';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { onTestFinished } from 'vitest';
import { dropNamespace, freshOptions } from '../redis/namespace.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** Opens a driver, as often as asked, on one storage that nobody else uses. It is closed when the test ends. */
export type Storage = () => Promise<PersistDriver>;

/** Opens the drivers of an item store, as often as asked, on storages that nobody else uses. */
export type ItemStorage = () => Promise<Readonly<Record<ItemRoot, PersistDriver>>>;

export function memoryStorage(): Storage {
  const storage = new MemoryStorage();
  return async () => closedAtEnd(memoryDriver({ storage }));
}

export function fsStorage(): Storage {
  const root = temporaryDirectory();
  return async () => closedAtEnd(await openFsDriver({ root, durability: 'process' }));
}

export function redisStorage(url: string): Storage {
  const options = freshOptions(url);
  onTestFinished(() => dropNamespace(options));
  return async () => closedAtEnd(await openRedisDriver(options));
}

/** One driver for all three roots. */
export function oneDriver(storage: Storage): ItemStorage {
  return async () => {
    const driver = await storage();
    return { config: driver, state: driver, uuid: driver };
  };
}

function closedAtEnd(driver: PersistDriver): PersistDriver {
  onTestFinished(() => driver.close());
  return driver;
}
