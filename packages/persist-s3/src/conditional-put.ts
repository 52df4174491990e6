import { PersistError } from '@sandkeep/persist-api';
import type { Condition, Found } from './bucket.js';
import type { CallTime } from './call-time.js';
import { outcomeUnknown } from './errors.js';
import type { Failure } from './failure.js';
import { awaitAttempt, lookAfterDoubt } from './settle.js';
import type { Store } from './store.js';

/** A body to put under a key, and the id of the attempt, which is in it. */
export interface Put {
  readonly key: string;
  readonly body: Buffer;
  readonly attempt: string;
  /** The ETag that this instance saw there before the call. */
  readonly seenBefore: string | undefined;
}

/**
 * Puts an object where `condition` holds, and finds out what became of it.
 *
 * A try of which no clear answer came is settled by reading: the object has the attempt's id, or not. It is
 * repeated with the same body if the condition still holds. That is safe after `If-Match`, as an ETag never comes
 * back: of all tries of an attempt, one takes effect at most, however late. It is safe after `If-None-Match`
 * where removals leave tombstones. Where they do not, a document that such a try had made may have been removed
 * since, and another try, or a late one, would bring it back: so the try is looked for, not repeated.
 * Where the object is what this instance saw before, no try took effect, and none can any more: a conflict.
 *
 * @returns the object's ETag
 * @throws `CONFLICT` if the condition does not hold, without the current version; `OUTCOME_UNKNOWN` if others have
 *   changed the object since, or if the try may still take effect; else the failure, which had no effect
 */
export async function conditionalPut(store: Store, put: Put, condition: Condition, time: CallTime): Promise<string> {
  let doubt: 'unanswered' | 'doubtful' | undefined;
  for (;;) {
    let failure: Failure;
    try {
      return (await store.bucket.put({ ...put, condition }, time, time.leftForChange)).etag;
    } catch (thrown) {
      failure = store.failure(thrown, time);
    }
    const error = store.error(failure);
    if (failure.kind === 'unanswered' || failure.repeated) doubt = 'unanswered';
    if (failure.kind === 'doubtful') doubt ??= 'doubtful';
    if (doubt === undefined) {
      if (failure.kind === 'precondition' || failure.kind === 'missing') throw conflict();
      if (failure.kind === 'final') throw error;
      if (failure.kind !== 'lost-race') {
        if (await time.pause(time.leftForChange)) continue;
        throw error;
      }
    }
    if (doubt !== undefined && condition === 'absent' && store.traits.conditionalDelete) {
      const etag = await awaitAttempt(store, put, time);
      if (etag !== undefined) return etag;
      throw outcomeUnknown('it is not there, but could have been, or still be on its way', error);
    }
    const found = await lookAfterDoubt(store, put.key, time);
    if (found.kind !== 'absent' && found.attempt === put.attempt) return found.etag;
    if (!holds(condition, found)) {
      const isUnchanged = found.kind !== 'absent' && found.etag === put.seenBefore;
      if (doubt === undefined || isUnchanged) throw conflict();
      throw outcomeUnknown('the object has been changed since', error);
    }
    if (await time.pause(time.leftForChange)) continue;
    throw doubt === 'unanswered' ? outcomeUnknown('it is not there, but could still be on its way', error) : error;
  }
}

export function conflict(currentVersion?: string): PersistError {
  const found = currentVersion === undefined ? '' : `: it is version ${currentVersion}`;
  return new PersistError('CONFLICT', `the condition does not hold${found}`, { currentVersion });
}

function holds(condition: Condition, found: Found): boolean {
  if (condition === 'absent') return found.kind === 'absent';
  return found.kind !== 'absent' && found.etag === condition.match;
}
