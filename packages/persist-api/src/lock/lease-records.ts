import pRetry from 'p-retry';
import type { Version } from '../driver/document.js';
import { isPersistError, PersistError } from '../persist-error.js';
import { decodeRecord, encodeRecord, freeRecord, type LeaseRecord } from './lease-record.js';
import type { LeaseStorage } from './lease-storage.js';

/** A record as it was stored at one moment. */
export interface StoredRecord {
  readonly record: LeaseRecord;
  readonly version: Version | 'absent';
}

/** Reads and changes lock records in a {@link LeaseStorage}. */
export class LeaseRecords {
  readonly #storage: LeaseStorage;

  constructor(storage: LeaseStorage) {
    this.#storage = storage;
  }

  async read(name: string): Promise<StoredRecord> {
    const document = await this.#call(name, () => this.#storage.read(name));
    if (document === undefined) return { record: freeRecord, version: 'absent' };
    return { record: decodeRecord(name, document.data), version: document.version };
  }

  /** @throws `CONFLICT` when `expect` does not hold */
  async write(name: string, record: LeaseRecord, expect: Version | 'absent' | undefined): Promise<StoredRecord> {
    const data = encodeRecord(record);
    return { record, version: await this.#call(name, () => this.#storage.write(name, data, expect)) };
  }

  /**
   * Reads, changes and writes until that succeeds; retries conflicts for some seconds and other
   * passing errors for about one.
   * @param change gives the next record, or the same object to leave the record as it is
   * @param known where to begin; a read follows at once if it is out of date
   * @returns the record that is stored now
   */
  update(
    name: string,
    change: (record: LeaseRecord) => LeaseRecord,
    known?: StoredRecord | undefined,
  ): Promise<StoredRecord> {
    const apply = async (stored: StoredRecord) => {
      const next = change(stored.record);
      return next === stored.record ? stored : this.write(name, next, stored.version);
    };
    return pRetry(
      async (attempt) => {
        if (known !== undefined && attempt === 1) {
          try {
            return await apply(known);
          } catch (error) {
            if (!isPersistError(error, 'CONFLICT')) throw error;
          }
        }
        return apply(await this.read(name));
      },
      {
        retries: 20,
        minTimeout: 5,
        maxTimeout: 250,
        randomize: true,
        shouldRetry: ({ error, attemptNumber }) =>
          isPersistError(error, 'CONFLICT') || (attemptNumber < 8 && isPassing(error)),
      },
    );
  }

  /** Errors of another kind than PersistError become `UNAVAILABLE`; all name the lock. */
  async #call<T>(name: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (isPersistError(error)) throw error.key === undefined ? Object.assign(error, { key: name }) : error;
      const message = `the record of lock ${name} cannot be reached: ${error instanceof Error ? error.message : error}`;
      throw new PersistError('UNAVAILABLE', message, { key: name, cause: error });
    }
  }
}

function isPassing(error: unknown): boolean {
  return isPersistError(error) && (error.retryable || error.code === 'OUTCOME_UNKNOWN');
}
