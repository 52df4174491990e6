import type { Lock, LockOptions, LockStatus } from '../lock/lock.js';
import type { DriverCapabilities } from './capabilities.js';
import type { Change } from './change.js';
import type { Document, Version } from './document.js';
import type { Finding } from './finding.js';
import type { Health } from './health.js';

/** Options of the calls that can only be aborted. */
export interface CallOptions {
  /**
   * Aborts the call: it rejects with the signal's reason. A signal that is aborted already means
   * no I/O at all.
   */
  readonly signal?: AbortSignal | undefined;
}

export interface WriteOptions extends CallOptions {
  /**
   * The condition. Undefined: none, the last write wins. `'absent'`: only if there is no document.
   * A version: only if that is the current one (a missing document is a conflict, too).
   */
  readonly expect?: Version | 'absent' | undefined;
}

export interface RemoveOptions extends CallOptions {
  /** Remove only this version. A missing document is a conflict then. Undefined: whatever is there. */
  readonly expect?: Version | undefined;
}

export interface ListOptions extends CallOptions {
  /** Yield only keys greater than this one, which need not exist. */
  readonly after?: string | undefined;
}

export interface BreakLockOptions extends CallOptions {
  /** The `id` of the one holder to take the lock from. @default every holder */
  readonly holder?: string | undefined;
}

export interface CheckOptions extends CallOptions {
  /** Mend what can be mended without losing data. @default false */
  readonly repair?: boolean | undefined;
}

export interface WatchOptions extends CallOptions {
  /** Tell first, as `written`, of every document that is there already. @default false */
  readonly initial?: boolean | undefined;
  /**
   * Called once, when the watch has started: every change from then on is told. With `initial`, what was there has
   * been told by then. It must not throw.
   */
  readonly onReady?: (() => void) | undefined;
}

/**
 * Keeps documents (bytes under a key) in one backend, with versions and locks.
 *
 * Every method rejects with a {@link PersistError} (or, when aborted, with the signal's reason) and
 * never throws synchronously. All methods may be called concurrently, from any number of instances
 * and, where `capabilities.shared`, processes and hosts.
 *
 * A **key** is one or more segments joined by `/`; see {@link checkKey} for the exact form.
 * Anything else is `INVALID_ARGUMENT`, before any I/O.
 *
 * Most drivers are made by {@link createDriver}, which turns a small backend into this interface.
 */
export interface PersistDriver extends AsyncDisposable {
  /** The driver's name in errors and traces: `fs`, `redis`, `memory`, … */
  readonly name: string;
  /** The version of this interface that the driver implements. */
  readonly specVersion: 1;
  readonly capabilities: DriverCapabilities;

  /**
   * The latest committed document, whole; undefined if there is none.
   * @throws `CORRUPT` for a damaged document: never undefined, never a part of it.
   */
  read(key: string, options?: CallOptions): Promise<Document | undefined>;

  /**
   * Replaces the whole document and gives its new version. Atomic; linearizable per key; durable,
   * as the driver documents it, when it resolves. `data` is copied or written before the call
   * returns to the event loop: changing it afterwards changes nothing that is stored.
   *
   * A write that fails or is aborted leaves the document as it was.
   * @throws `CONFLICT` when `expect` does not hold: nothing is changed; `currentVersion` where known.
   * @throws `TOO_LARGE` beyond `capabilities.maxDocumentBytes`, before any I/O.
   * @throws `OUTCOME_UNKNOWN` when the backend may or may not have applied it and cannot be asked.
   */
  write(key: string, data: Uint8Array, options?: WriteOptions): Promise<Version>;

  /**
   * Removes the document. True if there was one, false if not.
   * @throws `CONFLICT` when `expect` does not hold, as strictly as a write.
   * @throws `OUTCOME_UNKNOWN` as for a write.
   */
  remove(key: string, options?: RemoveOptions): Promise<boolean>;

  /**
   * The full keys of the documents below `prefix`, each once, in ascending byte order.
   *
   * `prefix` is `''` (everything) or a key, with or without a final `/`; it ends at a segment
   * boundary: `a` covers `a/b`, but neither `a` itself nor `ab`. A key that exists during the whole
   * listing is yielded exactly once, whatever is inserted or removed meanwhile. A corrupt document is
   * listed. Memory does not grow with the number of keys that were yielded.
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<string>;

  /**
   * Takes the advisory, leased lock called `name` (same form as a key; no document needs to exist).
   * @throws `LOCK_TIMEOUT` when it is not granted within `waitMs`; the error names the holders.
   */
  lock(name: string, options?: LockOptions): Promise<Lock>;

  /** The locks that have a holder or a waiter (or cannot be read), each once, in ascending order of their names. */
  inspectLocks(options?: CallOptions): AsyncIterable<LockStatus>;

  /**
   * Takes a lock from whoever holds it, for an operator who knows that the holder is dead or stuck.
   * A holder that lives learns it from `lock.signal` at its next renewal; waiters keep their places.
   * Without `holder` it also makes a lock usable again that is `CORRUPT`.
   * @returns whether anything was taken away
   */
  breakLock(name: string, options?: BreakLockOptions): Promise<boolean>;

  /**
   * Waits for what is in flight and releases the locks of this instance. A client that the caller
   * handed in stays open. May be called twice. Calls made after (or during) it are `CLOSED`.
   */
  close(): Promise<void>;

  /** What the backend promises right now. Resolves with `unavailable` rather than reject. */
  health(): Promise<Health>;

  /**
   * Follows the documents below `prefix` (as for {@link list}), whoever changes them. Present exactly if
   * `capabilities.watch`.
   *
   * The watch starts with the first `next()`, which does not wait for a change to do so; `onReady` tells when it
   * has. No change is missed after that. Each key that changes is told with the version of that change or of a
   * later one, or as removed, within the time that the driver documents. Once nothing changes any more, what was
   * told last of a key is how it is. What was there before is not told, except with `initial`: then the changes,
   * applied to nothing, give the documents below `prefix`, without a gap between a listing and what follows.
   *
   * Not promised: an order between keys; every single version, as changes of one key that were not fetched yet
   * are merged into the last one. A document that was made and removed again in between is told not at all; one
   * that was removed and made again, as written. So an idle watch needs memory for no more than one version of each
   * document below `prefix`. A change can be told before its writer knows of it.
   *
   * After errors that can heal, such as a lost connection, the watch connects again, lists and compares, so that
   * nothing is missed across them. Only before it has started, and for any other error, it ends with that error. It
   * also ends, and releases all that it holds, with the signal's reason; with `CLOSED`, by {@link close}; and by the
   * iterator's `return()`, which also ends a `next()` that is waiting, as done.
   *
   * A watch that is waited for keeps the process alive.
   */
  watch?(prefix: string, options?: WatchOptions): AsyncIterable<Change>;

  /**
   * What is wrong with what the driver keeps beside its documents: an index that disagrees with them, or
   * what dead processes left. It may look at all that is stored, and take as long; others may use the
   * storage meanwhile, and what they are in the middle of is no finding. Documents and locks themselves
   * are not looked at: that is what `read` and `inspectLocks` do.
   *
   * Undefined for a driver that keeps nothing that could be wrong.
   */
  check?(options?: CheckOptions): AsyncIterable<Finding>;
}
