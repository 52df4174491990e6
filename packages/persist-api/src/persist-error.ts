import type { Version } from './driver/document.js';
import type { LockHolder } from './lock/lock.js';

/** The stable codes of {@link PersistError}. */
export const persistErrorCodes = [
  /** There is no such sandbox, root or bucket. */
  'NOT_FOUND',
  /** The condition of a write or removal does not hold; nothing was changed. */
  'CONFLICT',
  /** What is stored is damaged, or not what its schema says. It was left as it is. */
  'CORRUPT',
  /** The caller's input is wrong; nothing was touched. */
  'INVALID_ARGUMENT',
  /** The request contradicts the stored state, such as a forbidden state transition. */
  'INVALID_STATE',
  /** The document is larger than the driver takes; nothing was touched. */
  'TOO_LARGE',
  /** Written by a newer version of this software, or by another one. It was left as it is. */
  'FORMAT_UNSUPPORTED',
  /** The lock was not granted within the time to wait. */
  'LOCK_TIMEOUT',
  /** The lease is gone. */
  'LOCK_LOST',
  /** The backend cannot serve the call now: down, full, out of file descriptors, … */
  'UNAVAILABLE',
  /** The backend did not answer in time, and the call is known to have had no effect. */
  'TIMEOUT',
  /** The backend refuses this caller. */
  'PERMISSION_DENIED',
  /** The driver was closed. */
  'CLOSED',
  /** The driver or backend cannot do this at all. */
  'UNSUPPORTED',
  /** The backend may or may not have applied the change, and cannot be asked. Read before going on. */
  'OUTCOME_UNKNOWN',
] as const;

/** One of {@link persistErrorCodes}. */
export type PersistErrorCode = (typeof persistErrorCodes)[number];

/** The codes after which the very same call can succeed later. */
const retryableByDefault: ReadonlySet<PersistErrorCode> = new Set(['LOCK_TIMEOUT', 'UNAVAILABLE', 'TIMEOUT']);

/** What a {@link PersistError} knows beside its code and message. */
export interface PersistErrorOptions {
  /** Whether the same call can succeed later. @default by code: LOCK_TIMEOUT, UNAVAILABLE, TIMEOUT */
  readonly retryable?: boolean | undefined;
  readonly driver?: string | undefined;
  readonly operation?: string | undefined;
  readonly key?: string | undefined;
  readonly cause?: unknown;
  readonly currentVersion?: Version | undefined;
  readonly holders?: readonly LockHolder[] | undefined;
}

const marker = Symbol.for('sandkeep.PersistError');

/**
 * The one error class of Sandkeep. Tell errors apart by `code`, and recognise them by
 * {@link isPersistError}, which also works when two copies of this package are installed.
 *
 * Neither the message nor `toJSON()` holds a secret: whoever makes one passes text without any.
 */
export class PersistError extends Error {
  readonly code: PersistErrorCode;
  /** Whether the very same call can succeed later. */
  readonly retryable: boolean;
  /** The driver's name; undefined where no driver was involved. */
  declare readonly driver: string | undefined;
  /** `read`, `write`, `remove`, `list`, `lock`, `open`, … or the store's `save`, `load`, … */
  declare readonly operation: string | undefined;
  /** The key, or the lock's name. */
  declare readonly key: string | undefined;
  /** With `CONFLICT`: the version that is there now, where the backend told it. */
  declare readonly currentVersion: Version | undefined;
  /** With `LOCK_TIMEOUT`: who holds the lock. */
  declare readonly holders: readonly LockHolder[] | undefined;

  constructor(code: PersistErrorCode, message: string, options: PersistErrorOptions = {}) {
    const { retryable, cause, ...context } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable ?? retryableByDefault.has(code);
    for (const [field, value] of Object.entries(context)) {
      if (value !== undefined) Object.assign(this, { [field]: value });
    }
  }

  static {
    Object.defineProperty(PersistError.prototype, 'name', { value: 'PersistError' });
    Object.defineProperty(PersistError.prototype, marker, { value: true });
  }

  /** The fields as plain data, without the stack; the cause is given by its message alone. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, retryable, driver, operation, key, currentVersion, holders } = this;
    const cause = this.cause instanceof Error ? this.cause.message : undefined;
    return { name, code, message, retryable, driver, operation, key, currentVersion, holders, cause };
  }
}

/** Whether `value` is a {@link PersistError} (of this or another copy of the package) with this code. */
export function isPersistError(value: unknown, code?: PersistErrorCode): value is PersistError {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Record<symbol, unknown>)[marker] === true &&
    (code === undefined || (value as PersistError).code === code)
  );
}
