import type { Document, Version } from '../driver/document.js';
import type { LockRequest, LockService } from '../driver/driver-backend.js';
import type { Lock } from './lock.js';

/** Where {@link LeaseLocks} keeps its records: conditional documents that `list` does not show. */
export interface LeaseStorage {
  read(name: string): Promise<Document | undefined>;
  /** @throws `CONFLICT` when `expect` does not hold */
  write(name: string, data: Uint8Array, expect: Version | 'absent'): Promise<Version>;
}

/** The lease lock over a driver's own conditional writes. */
export class LeaseLocks implements LockService {
  constructor(_storage: LeaseStorage) {}
  async lock(_name: string, _request: LockRequest): Promise<Lock> {
    throw new Error('not there yet');
  }
  async close(): Promise<void> {}
}
