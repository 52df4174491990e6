import { randomBytes } from 'node:crypto';
import { MemoryStorage, memoryDriver, type PersistDriver } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import type { ItemRoot } from '@sandkeep/persist-kata';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { openS3Driver, type S3Options } from '@sandkeep/persist-s3';
import { onTestFinished } from 'vitest';
import { dropNamespace, freshOptions } from '../redis/namespace.js';
import type { S3Access } from '../services/s3-service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** Opens a driver, as often as asked, on one storage that nobody else uses. It is closed when the test ends. */
export type Storage = () => Promise<PersistDriver>;

/** Opens the drivers of an item store, as often as asked, on storages that nobody else uses. */
export type ItemStorage = () => Promise<Readonly<Record<ItemRoot, PersistDriver>>>;

export function memoryStorage(): Storage {
  const storage = new MemoryStorage();
  return async () => closedAtEnd(memoryDriver({ storage }));
}

export function fsStorage(below?: string): Storage {
  const root = temporaryDirectory(below);
  return async () => closedAtEnd(await openFsDriver({ root, durability: 'process' }));
}

export function redisStorage(url: string): Storage {
  const options = freshOptions(url);
  onTestFinished(() => dropNamespace(options));
  return async () => closedAtEnd(await openRedisDriver(options));
}

/** Below a prefix of its own in a bucket. */
export function s3Storage(access: S3Access, bucket: string): Storage {
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  const prefix = randomBytes(6).toString('hex');
  const options: S3Options = { endpoint, region, accessKeyId, secretAccessKey, bucket, prefix, probe: 'remembered' };
  return async () => closedAtEnd(await openS3Driver(options));
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
