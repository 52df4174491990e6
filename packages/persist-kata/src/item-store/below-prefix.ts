import type { CallOptions, PersistDriver } from '@sandkeep/persist-api';

/** Whether there is a document below `prefix`. */
export async function anyBelow(driver: PersistDriver, prefix: string, { signal }: CallOptions): Promise<boolean> {
  for await (const _ of driver.list(prefix, { signal })) return true;
  return false;
}

/** Removes every document below `prefix`; true if there was one. */
export async function removeBelow(driver: PersistDriver, prefix: string, { signal }: CallOptions): Promise<boolean> {
  let found = false;
  for await (const key of driver.list(prefix, { signal })) found = (await driver.remove(key, { signal })) || found;
  return found;
}
