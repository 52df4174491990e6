import type { Lock, LockMode, LockStatus } from '../lock/lock.js';
import type { DriverCapabilities } from './capabilities.js';
import type { Change } from './change.js';
import type { Document, Version } from './document.js';
import type { Finding } from './finding.js';
import type { Health } from './health.js';

/** The options of a call, checked by {@link createDriver}. */
export interface BackendCall {
  /** Not aborted yet when the backend is called. On abort, reject with its reason, or finish. */
  readonly signal: AbortSignal | undefined;
}

/** The options of a watch, checked and complete. */
export interface WatchCall {
  /** Aborted by the caller, by the end of the iteration, or by the driver's `close()`. */
  readonly signal: AbortSignal;
  readonly initial: boolean;
  readonly onReady: () => void;
}

/** The options of a lock, checked and complete. */
export interface LockRequest {
  readonly mode: LockMode;
  readonly waitMs: number;
  readonly ttlMs: number;
  readonly info: string;
  /** The driver's name, for the errors that come after the grant. */
  readonly driver: string;
  /** Aborted by the caller, or with a `CLOSED` error by the driver's `close()`. */
  readonly signal: AbortSignal;
}

/** What grants the locks of a driver: {@link LeaseLocks}, or the backend's own. */
export interface LockService {
  /** As {@link PersistDriver.lock}. */
  lock(name: string, request: LockRequest): Promise<Lock>;
  /** As {@link PersistDriver.inspectLocks}; one lock that cannot be read does not hide the others. */
  inspect(call: BackendCall): AsyncIterable<LockStatus>;
  /** As {@link PersistDriver.breakLock}. `holder` undefined: every holder. */
  breakLock(name: string, holder: string | undefined): Promise<boolean>;
  /** Releases every lock that this instance holds. Called once. */
  close(): Promise<void>;
}

/**
 * What differs between drivers: the part that a driver's author writes. {@link createDriver} does the
 * rest (checking of arguments, life cycle, error fields, tracing), so that here
 *
 * - keys, prefixes, versions, sizes and options are valid, and signals are not yet aborted;
 * - no method is called after `close`, and `close` only once nothing else is in flight;
 * - `data` belongs to the backend, unless it says that it copies it;
 * - a {@link PersistError} needs neither `driver` nor `operation` nor `key`: they are filled in.
 *   Any other error that escapes becomes `UNAVAILABLE` with that error as its cause.
 *
 * Semantics are those of {@link PersistDriver}.
 */
export interface DriverBackend {
  readonly name: string;
  readonly capabilities: DriverCapabilities;
  readonly locks: LockService;
  /** `write` is done with `data` by the time it has returned its promise, as it copies or encodes it at once. */
  readonly copiesData?: boolean;
  /** False if all it does is done by a driver inside, which traces its calls itself. @default true */
  readonly isTraced?: boolean;
  read(key: string, call: BackendCall): Promise<Document | undefined>;
  write(
    key: string,
    data: Uint8Array,
    call: BackendCall & { readonly expect: Version | 'absent' | undefined },
  ): Promise<Version>;
  remove(key: string, call: BackendCall & { readonly expect: Version | undefined }): Promise<boolean>;
  /** `prefix` is `''` or ends with `/`. The iterator's `return()` releases what it holds. */
  list(prefix: string, call: BackendCall & { readonly after: string | undefined }): AsyncIterable<string>;
  health(): Promise<Health>;
  close(): Promise<void>;
  /** As {@link PersistDriver.check}. The iterator's `return()` releases what it holds. */
  check?(call: BackendCall & { readonly repair: boolean }): AsyncIterable<Finding>;
  /** `prefix` as for `list`. {@link watchChanges} makes it of what differs between backends. */
  watch?(prefix: string, call: WatchCall): AsyncIterable<Change>;
}
