import { newAttemptId } from './attempt-id.js';
import type { ListedObject } from './bucket.js';
import { conditionalDelete } from './conditional-delete.js';
import { conditionalPut } from './conditional-put.js';
import { encodeMark } from './object-body.js';
import { deletePresigned } from './presigned-delete.js';
import type { Store } from './store.js';

/** For how long the request that deletes is valid, in seconds. */
const validSeconds = 10;
/** How long after that an accepted request may still run, and how far the clocks of one server's hosts may differ. */
const graceSeconds = 60;
/** So many tombstones wait at most: the next listing finds the others again. */
const most = 10_000;

/**
 * Deletes the tombstones of removed documents, as listings come across them.
 *
 * Where the server heeds `If-Match` on DELETE, that is one request. Where it does not, a DELETE deletes whatever is
 * there, and a sweeper may be paused at any moment: between seeing a tombstone and deleting it, somebody could
 * make the document again. So:
 *
 * 1. Look at the tombstone T. The answer tells the server's clock: d.
 * 2. Replace T by a mark M, with `If-Match` T. M says until when it holds: d + validity + grace.
 * 3. Send a DELETE that is signed for d and valid for `validSeconds`: the server refuses it after that.
 *
 * Whoever makes a document replaces a tombstone at once, but M only when an answer shows that the server's clock is
 * past what M says, and with `If-Match` M; before that they wait for the object to go, and then make it with
 * `If-None-Match: *`. A sweeper that finds such an overdue mark starts at 1 with it in place of T.
 *
 * Why no document is ever deleted: a DELETE is sent once, after its M was acknowledged, and no other sweeper has
 * an M for the same key meanwhile, for it too would have to replace T, or an overdue M. So until M is overdue,
 * its object can only go by that DELETE, which is then spent; a document that is made after that meets no
 * other. And once M is overdue, the server refuses the DELETE wherever it was held up, in a paused
 * process or on the way. Documents are never put without a condition here, so none can get over an M unseen.
 *
 * The server's own clock does it all; the grace covers a request that it accepted in time and runs late, and hosts
 * of one server whose clocks differ. The age that a tombstone must have (an hour) is well beyond the quarter of an
 * hour for which servers accept a signed request, so that a late `If-None-Match: *` finds the tombstone.
 */
export class TombstoneSweep {
  readonly #store: Store;
  readonly #afterMs: number;
  readonly #canSweep: boolean;
  readonly #waiting = new Set<string>();
  #running: Promise<void> | undefined;
  #closed = false;

  /** @param afterMs the age of the tombstones that are swept */
  constructor(store: Store, afterMs: number) {
    this.#store = store;
    this.#afterMs = afterMs;
    this.#canSweep = store.traits.conditionalDelete || store.traits.refusesExpired;
  }

  /** Has the tombstone swept in the background, if it is old enough. */
  add({ key, modifiedAt }: ListedObject, now: number): void {
    if (this.#closed || !this.#canSweep || now - modifiedAt < this.#afterMs || this.#waiting.size >= most) return;
    this.#waiting.add(key);
    this.#running ??= this.#run();
  }

  /** Ends the sweeping; what is left stays for the next. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  /** Deletes the tombstone, if it is one and old enough. */
  async sweep(key: string): Promise<void> {
    const store = this.#store;
    const time = store.time();
    const found = await store.peek(key, time);
    if (found.kind === 'absent' || found.kind === 'document' || found.now === 0) return;
    if (found.kind === 'sweeping' && found.now <= found.until * 1000) return;
    if (found.now - found.modifiedAt < this.#afterMs) return;
    if (store.traits.conditionalDelete) return conditionalDelete(store, { key, etag: found.etag }, time);
    const attempt = newAttemptId();
    const until = Math.ceil(found.now / 1000) + validSeconds + graceSeconds;
    const put = { key, body: encodeMark(attempt, until), attempt, seenBefore: undefined };
    await conditionalPut(store, put, { match: found.etag }, time);
    const validity = { signedAt: found.now, validSeconds };
    await time.limit(time.left, (signal) => deletePresigned(store.bucket, key, validity, signal));
  }

  async #run(): Promise<void> {
    for (const key of this.#waiting) {
      if (this.#closed) break;
      await this.sweep(key).catch(() => {});
      this.#waiting.delete(key);
    }
    this.#running = undefined;
  }
}
