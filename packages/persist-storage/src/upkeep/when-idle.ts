import { isPersistError } from '@sandkeep/persist-api';
import type { StorageContext } from '../storage-context.js';

/** Longer than the lease of a holder that died, in milliseconds. */
const waitMs = 8_000;

/** Runs under the lock of an image, layer or container; undefined if somebody is at work on it. */
export async function whenIdle<T>(
  context: StorageContext,
  kind: 'images' | 'layers' | 'containers',
  id: string,
  run: () => Promise<T>,
): Promise<T | undefined> {
  const lock = await context.lock(kind, id, { waitMs, info: 'checking the storage' }).catch((error) => {
    if (isPersistError(error, 'LOCK_TIMEOUT')) return undefined;
    throw error;
  });
  if (lock === undefined) return undefined;
  try {
    return await run();
  } finally {
    await lock.release();
  }
}
