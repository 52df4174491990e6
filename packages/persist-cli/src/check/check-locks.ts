import type { Finding, PersistDriver } from '@sandkeep/persist-api';
import { damagedLockId } from '../lock-id.js';

/** The locks whose records cannot be read: they cannot be taken either. */
export async function* checkLocks(
  driver: PersistDriver,
  { prefix, signal }: { readonly prefix: string; readonly signal: AbortSignal },
): AsyncGenerator<Finding, void, undefined> {
  for await (const { name, error } of driver.inspectLocks({ signal })) {
    if (error === undefined || !name.startsWith(prefix)) continue;
    const isDamaged = error.code === 'CORRUPT';
    const advice = isDamaged
      ? `If nobody works under it, free it: sandkeep locks --break ${damagedLockId(name)}`
      : 'A newer version of the software that wrote it reads it';
    yield {
      kind: isDamaged ? 'damaged-lock' : 'newer-lock',
      subject: name,
      message: `${error.message}. ${advice}`,
      outcome: 'left',
    };
  }
}
