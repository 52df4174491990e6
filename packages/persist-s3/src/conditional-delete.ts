import type { CallTime } from './call-time.js';
import { conflict } from './conditional-put.js';
import { outcomeUnknown } from './errors.js';
import type { Failure } from './failure.js';
import { lookAfterDoubt } from './settle.js';
import type { Store } from './store.js';

export interface Deletion {
  readonly key: string;
  readonly etag: string;
  /** The ETag that this instance saw there before the call. */
  readonly seenBefore?: string | undefined;
}

/**
 * Deletes an object of which the ETag is `etag`, on a server that heeds `If-Match` on DELETE. As an ETag never
 * comes back, a try that takes effect late deletes nothing else, and a try may be repeated while the object is there.
 *
 * @throws `CONFLICT` if the object is another, or missing; `OUTCOME_UNKNOWN` if it is so after a try without a clear
 *   answer: whether this call deleted it, or another, cannot be told
 */
export async function conditionalDelete(
  store: Store,
  { key, etag, seenBefore }: Deletion,
  time: CallTime,
): Promise<void> {
  let doubt: 'unanswered' | 'doubtful' | undefined;
  for (;;) {
    let failure: Failure;
    try {
      return await store.bucket.delete(key, etag, time, time.leftForChange);
    } catch (thrown) {
      failure = store.failure(thrown, time);
    }
    const error = store.error(failure);
    const { kind, repeated } = failure;
    if (kind === 'unanswered' || repeated) doubt = 'unanswered';
    if (kind === 'doubtful') doubt ??= 'doubtful';
    if (doubt === undefined) {
      if (kind === 'precondition' || kind === 'missing') throw conflict();
      if (kind === 'final') throw error;
    } else {
      const found = await lookAfterDoubt(store, key, time);
      if (found.kind === 'absent' || found.etag !== etag) {
        if (found.kind !== 'absent' && found.etag === seenBefore) throw conflict(found.etag);
        throw outcomeUnknown('it is gone, by this call or by another', error);
      }
    }
    if (await time.pause(time.leftForChange)) continue;
    throw doubt === 'unanswered' ? outcomeUnknown('it is there, but not for sure for long', error) : error;
  }
}
