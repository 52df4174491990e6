import type { Document, Version } from '../driver/document.js';

/**
 * Where {@link LeaseLocks} keeps its records: one small document for each lock name, with the
 * semantics of {@link PersistDriver} and apart from the documents (its `list` never shows them). A
 * lock's record stays when the lock is free, so that its fence goes on from there, until it has been free
 * for a day. Errors are PersistErrors; any other becomes `UNAVAILABLE`.
 */
export interface LeaseStorage {
  /** The record, whole; undefined if there is none. @throws `CORRUPT` if it is damaged */
  read(name: string): Promise<Document | undefined>;
  /**
   * Replaces the record. `expect` is undefined only to replace one that is damaged.
   * @throws `CONFLICT` when `expect` does not hold; `OUTCOME_UNKNOWN` when it cannot be known
   */
  write(name: string, data: Uint8Array, expect: Version | 'absent' | undefined): Promise<Version>;
  /**
   * Removes the record, for the sweep of records that nobody needs. Where it is undefined, records stay for ever.
   * @throws `CONFLICT` when `expect` does not hold
   */
  remove?(name: string, expect: Version): Promise<unknown>;
  /** The names that have a record, damaged ones too, each once, in ascending byte order. */
  list(): AsyncIterable<string>;
  /**
   * What names this process among all that use the storage, such as host, pid and start time; at most
   * 256 characters. It is stored with every lease.
   */
  readonly process?: string | undefined;
  /** True if that process surely does not exist any more, which ends its leases at once. */
  isGone?(process: string): boolean;
}
