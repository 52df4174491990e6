import { isPersistError, type PersistDriver, PersistError } from '@sandkeep/persist-api';

/**
 * Tells whether two drivers are on one store, whatever their URLs say: a lock that one holds is then seen by the
 * other. The lock is shared, so that copies into the same store do not keep each other out.
 * @throws `INVALID_ARGUMENT` if they are
 */
export async function refuseSameStore(from: PersistDriver, to: PersistDriver): Promise<void> {
  await using lock = await to.lock('sandkeep-copy', { mode: 'shared', info: 'sandkeep copy' });
  if (await holdsLock(from, lock.holder.id)) {
    throw new PersistError('INVALID_ARGUMENT', '--from and --to are the same store: nothing is to be copied');
  }
}

async function holdsLock(driver: PersistDriver, id: string): Promise<boolean> {
  try {
    for await (const { holders } of driver.inspectLocks()) if (holders.some((holder) => holder.id === id)) return true;
  } catch (error) {
    if (!isPersistError(error, 'PERMISSION_DENIED')) throw error; // a source that may only be read
  }
  return false;
}
