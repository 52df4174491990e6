import { createHash } from 'node:crypto';
import type { PersistDriver } from '@sandkeep/persist-api';

/** The digest of every document, by key. */
async function digests(driver: PersistDriver): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const pending: Promise<void>[] = [];
  for await (const key of driver.list('')) {
    pending.push(
      driver.read(key).then((document) => {
        if (document !== undefined) found.set(key, createHash('sha256').update(document.data).digest('hex'));
      }),
    );
    if (pending.length === 16) await Promise.all(pending.splice(0));
  }
  await Promise.all(pending);
  return found;
}

/** The keys of the documents that two drivers do not both have with the same bytes. Nobody writes meanwhile. */
export async function differences(one: PersistDriver, other: PersistDriver): Promise<string[]> {
  const [left, right] = await Promise.all([digests(one), digests(other)]);
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys].filter((key) => left.get(key) !== right.get(key)).sort();
}
