import type { PersistError } from '../persist-error.js';

/** `exclusive` excludes everybody; any number of `shared` holders hold at the same time. */
export type LockMode = 'exclusive' | 'shared';

/** How a lock is taken. */
export interface LockOptions {
  /** @default 'exclusive' */
  readonly mode?: LockMode | undefined;
  /** How long to wait for the grant, in milliseconds. 0: try once. @default 10000 */
  readonly waitMs?: number | undefined;
  /**
   * The lease in milliseconds, 100 to 3,600,000. It is renewed at a third of this time; a holder that
   * dies frees the lock when it has not been renewed for so long. @default 5000
   */
  readonly ttlMs?: number | undefined;
  /** Aborts the wait: the call rejects with the signal's reason and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  /** Who takes the lock and why, for the people who look at it. At most 1,024 characters. */
  readonly info?: string | undefined;
}

/** Who holds, or held, a lock. */
export interface LockHolder {
  /** Unique to this grant. */
  readonly id: string;
  readonly mode: LockMode;
  readonly host: string;
  readonly pid: number;
  readonly info: string;
  /** When the lock was granted, by the holder's clock: ISO 8601, UTC. */
  readonly since: string;
}

/** One lock as {@link PersistDriver.inspectLocks} sees it at one moment. */
export interface LockStatus {
  readonly name: string;
  /** The fence of the latest grant; 0 if it was never granted, or with `error`. */
  readonly fence: number;
  /**
   * Who holds it. A holder that died is among them until its lease has been seen to run out, or its
   * process to be gone.
   */
  readonly holders: readonly LockHolder[];
  /** How many calls of `lock` wait for it. */
  readonly waiting: number;
  /** Why the lock cannot be read (`CORRUPT`, `FORMAT_UNSUPPORTED`): it cannot be taken either. */
  readonly error?: PersistError;
}

/**
 * A granted lease. Advisory: it coordinates programs that take it; what protects a document is its
 * version. It renews itself until `release()`, `close()` of the driver, or the loss of the lease.
 */
export interface Lock extends AsyncDisposable {
  readonly name: string;
  readonly mode: LockMode;
  readonly holder: LockHolder;
  /** Grows with every grant of this name, also over expiry; hand it to whatever the lock guards. */
  readonly fence: number;
  /**
   * Aborted, with a `LOCK_LOST` error as the reason, when the lease is lost (it could not be renewed
   * in time, or somebody broke it). Not aborted by `release()`.
   */
  readonly signal: AbortSignal;
  /**
   * Gives the lock up. Idempotent; after a loss it resolves and harms nobody. If the backend could not be told, it
   * rejects with the driver's error, and can be called again; the lock is not renewed any more, and ends with its lease.
   */
  release(): Promise<void>;
}
