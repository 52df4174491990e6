import { LeaseLocks } from '../lock/lease-locks.js';
import type { LeaseStorage } from '../lock/lease-storage.js';
import type { Version } from './document.js';
import type { DriverBackend } from './driver-backend.js';

/** Documents that are read, written and removed on conditions, and listed: those of users, or records of locks. */
export interface ConditionalDocuments extends LeaseStorage {
  remove(key: string, expect: Version | undefined): Promise<boolean>;
  /** @param prefix `''`, or ends with `/` */
  list(prefix?: string, after?: string, signal?: AbortSignal): AsyncIterable<string>;
}

/** What is left of a {@link DriverBackend} whose documents and locks are {@link ConditionalDocuments}. */
export interface DocumentStorage
  extends Pick<DriverBackend, 'name' | 'capabilities' | 'copiesData' | 'health' | 'close'> {
  readonly documents: ConditionalDocuments;
  /** The records of locks, apart from the documents: whoever lists those does not see them. */
  readonly leases: LeaseStorage;
}

/** The backend of a driver that has nothing but conditional documents: its locks are {@link LeaseLocks}. */
export function documentBackend({ documents, leases, ...rest }: DocumentStorage): DriverBackend {
  return {
    ...rest,
    locks: new LeaseLocks(leases),
    read: (key) => documents.read(key),
    write: (key, data, { expect }) => documents.write(key, data, expect),
    remove: (key, { expect }) => documents.remove(key, expect),
    list: (prefix, { after, signal }) => documents.list(prefix, after, signal),
  };
}
