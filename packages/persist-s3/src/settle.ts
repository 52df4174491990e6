import { isPersistError } from '@sandkeep/persist-api';
import type { Found } from './bucket.js';
import type { CallTime } from './call-time.js';
import { outcomeUnknown } from './errors.js';
import type { Store } from './store.js';

/**
 * Looks at what an attempt, of which no clear answer came, has left.
 * @throws `OUTCOME_UNKNOWN` if that cannot be seen
 */
export async function lookAfterDoubt(store: Store, key: string, time: CallTime): Promise<Found> {
  try {
    return await store.peek(key, time);
  } catch (error) {
    if (!isPersistError(error)) throw error;
    throw outcomeUnknown('and the object cannot be read', error);
  }
}

/** How often an attempt that may take effect later is looked for. */
const looks = 5;

/**
 * Looks for an attempt that must not be repeated, some times, as it may still be on its way.
 * @returns the ETag of what it wrote; undefined if it is not there
 */
export async function awaitAttempt(
  store: Store,
  { key, attempt }: { readonly key: string; readonly attempt: string },
  time: CallTime,
): Promise<string | undefined> {
  for (let look = 1; ; look += 1) {
    const found = await lookAfterDoubt(store, key, time);
    if (found.kind !== 'absent' && found.attempt === attempt) return found.etag;
    if (look === looks || !(await time.pause())) return undefined;
  }
}
