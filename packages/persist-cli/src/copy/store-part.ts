import { checkSegment, type PersistDriver, PersistError } from '@sandkeep/persist-api';

/**
 * The prefix of the keys that a command works on: a namespace, or everything.
 * @throws `NOT_FOUND` if a namespace is named in which there is nothing, as it is likely misspelt
 */
export async function existingPart(driver: PersistDriver, namespace: string | undefined): Promise<string> {
  if (namespace === undefined) return '';
  checkSegment(namespace, 'namespace');
  if (!(await isEmpty(driver, namespace))) return namespace;
  throw new PersistError('NOT_FOUND', `there is no document in namespace ${namespace}`);
}

export async function isEmpty(driver: PersistDriver, prefix: string): Promise<boolean> {
  for await (const _ of driver.list(prefix)) return false;
  return true;
}

export async function countDocuments(
  driver: PersistDriver,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  let count = 0;
  for await (const _ of driver.list(prefix, { signal })) count += 1;
  return count;
}
