import type { Document, Version } from '../driver/document.js';
import type { BackendCall, LockRequest, LockService } from '../driver/driver-backend.js';
import type { Lock, LockStatus } from './lock.js';

/**
 * Where {@link LeaseLocks} keeps its records: one small document for each lock name, with the
 * semantics of {@link PersistDriver} and apart from the documents (its `list` never shows them). A
 * lock's record stays when the lock is free. Errors are PersistErrors, or become `UNAVAILABLE`.
 */
export interface LeaseStorage {
  /** The record, whole; undefined if there is none. @throws `CORRUPT` if it is damaged */
  read(name: string): Promise<Document | undefined>;
  /**
   * Replaces the record. `expect` is undefined only to replace one that is damaged.
   * @throws `CONFLICT` when `expect` does not hold; `OUTCOME_UNKNOWN` when it cannot be known
   */
  write(name: string, data: Uint8Array, expect: Version | 'absent' | undefined): Promise<Version>;
  /** The names that have a record, damaged ones too, each once, in ascending byte order. */
  list(): AsyncIterable<string>;
  /**
   * What names this process among all that use the storage, such as host, pid and start time.
   * It is stored with every lease.
   */
  readonly process?: string | undefined;
  /** True if that process surely does not exist any more, which ends its leases at once. */
  isGone?(process: string): boolean;
}

/** The lease lock over a driver's own conditional writes. */
export class LeaseLocks implements LockService {
  constructor(_storage: LeaseStorage) {}
  async lock(_name: string, _request: LockRequest): Promise<Lock> {
    throw new Error('not there yet');
  }
  async *inspect(_call: BackendCall): AsyncGenerator<LockStatus> {}
  async breakLock(_name: string, _holder: string | undefined): Promise<boolean> {
    throw new Error('not there yet');
  }
  async close(): Promise<void> {}
}
