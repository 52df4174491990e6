import type { CallTime } from './call-time.js';
import type { Put } from './conditional-put.js';
import { outcomeUnknown } from './errors.js';
import type { Failure } from './failure.js';
import { awaitAttempt } from './settle.js';
import type { Store } from './store.js';

/**
 * Puts an object whatever is there: one PUT. It is repeated only if it certainly had no effect: a try that was not
 * answered may take effect late, over what others have written meanwhile, and nothing could tell.
 *
 * Only for servers on which a PUT without a condition is safe: not beside tombstones that are swept, and not
 * on Ceph, which acknowledges such a PUT that lost a race against a conditional one, and drops it.
 *
 * @returns the object's ETag
 * @throws `OUTCOME_UNKNOWN` after a try without a clear answer whose body is not found
 */
export async function plainPut(store: Store, put: Put, time: CallTime): Promise<string> {
  for (;;) {
    let failure: Failure;
    try {
      return (await store.bucket.put({ ...put, condition: undefined }, time, time.leftForChange)).etag;
    } catch (thrown) {
      failure = store.failure(thrown, time);
    }
    const error = store.error(failure);
    const { kind, repeated } = failure;
    if (kind === 'unanswered' || kind === 'doubtful' || kind === 'lost-race' || repeated) {
      const etag = await awaitAttempt(store, put, time);
      if (etag !== undefined) return etag;
      throw outcomeUnknown('something else is there, or nothing', error);
    }
    const passes = kind === 'passing' || kind === 'unreached';
    if (!passes || !(await time.pause(time.leftForChange))) throw error;
  }
}
