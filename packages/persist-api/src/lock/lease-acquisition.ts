import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { LockRequest } from '../driver/driver-backend.js';
import { describeValue } from '../driver/invalid-argument.js';
import { isPersistError, PersistError } from '../persist-error.js';
import type { LeaseGrant } from './lease.js';
import type { Observation } from './lease-observer.js';
import { canGrant, enqueue, grant, withBeat, withoutEntry } from './lease-queue.js';
import { type LeaseEntry, type LeaseRecord, toLockHolder } from './lease-record.js';
import type { LeaseRecords, StoredRecord } from './lease-records.js';
import { pauses } from './pauses.js';

/** How often a call whose time is up tries to write its grant again when others get in between. */
const lastTries = 20;

/** What an acquisition needs of the {@link LeaseLocks} that it belongs to. */
export interface AcquisitionContext {
  readonly records: LeaseRecords;
  readonly process: string | undefined;
  /** The record without its expired entries. */
  live(name: string, observation: Observation): LeaseRecord;
}

/** One call of `lock`: tries, waits in the record's queue, and grants itself the lock in its turn. */
export class LeaseAcquisition {
  readonly id = randomUUID();
  readonly #name: string;
  readonly #request: LockRequest;
  readonly #context: AcquisitionContext;
  #beat = 0;
  /** When the last write of this call began; undefined if it has not written anything. */
  #writtenAt: number | undefined;
  /** When the last write that renewed its place in the queue began. */
  #renewedAt = Number.NEGATIVE_INFINITY;
  #endSleep: (() => void) | undefined;

  constructor(name: string, request: LockRequest, context: AcquisitionContext) {
    this.#name = name;
    this.#request = request;
    this.#context = context;
  }

  /**
   * @throws `LOCK_TIMEOUT` when the time is up, the signal's reason when it aborts, or the storage's
   *   error. Then `withdraw` removes what this call may have left in the record.
   */
  async run(): Promise<LeaseGrant> {
    const { waitMs, ttlMs, signal } = this.#request;
    const deadline = performance.now() + waitMs;
    const polls = pauses(5, Math.min(ttlMs / 10, 100));
    const retries = pauses(2, 50);
    let triesLeft = lastTries;
    for (;;) {
      const { stored, live } = await this.#look();
      signal.throwIfAborted();
      const isLast = performance.now() >= deadline;
      const granted = this.#findGrant(stored, this.#writtenAt);
      if (granted !== undefined) return granted;
      const isMyTurn = canGrant(live, this.#entry());
      if (!isMyTurn && isLast) throw this.#timeout(live);
      const next = isMyTurn ? this.#grant(live) : this.#wait(live);
      if (next !== undefined) {
        const writtenAt = performance.now();
        this.#writtenAt = writtenAt;
        try {
          const written = await this.#context.records.write(this.#name, next, stored.version);
          const grant = this.#findGrant(written, writtenAt);
          if (grant !== undefined) return grant;
          this.#renewedAt = writtenAt;
        } catch (error) {
          const isConflict = isPersistError(error, 'CONFLICT');
          if (!isConflict && !isPersistError(error, 'OUTCOME_UNKNOWN')) throw error;
          triesLeft -= isLast ? 1 : 0;
          if (triesLeft === 0) throw isConflict ? this.#timeout(live) : error;
          await this.#sleep(retries.next().value);
          continue;
        }
      }
      await this.#sleep(Math.min(polls.next().value, deadline - performance.now()));
    }
  }

  /** Has the call look at once whether it is its turn. */
  wake(): void {
    this.#endSleep?.();
  }

  /** Removes what the call wrote; the record after that, or undefined if it never wrote. */
  async withdraw(): Promise<StoredRecord | undefined> {
    if (this.#writtenAt === undefined) return undefined;
    return this.#context.records.update(this.#name, (record) => withoutEntry(record, this.id));
  }

  async #look(): Promise<{ stored: StoredRecord; live: LeaseRecord }> {
    const from = performance.now();
    const stored = await this.#context.records.read(this.#name);
    const live = this.#context.live(this.#name, { record: stored.record, from, to: performance.now() });
    return { stored, live };
  }

  /** The call's grant if the record has it: by the write just made, or by one whose answer was lost. */
  #findGrant(stored: StoredRecord, writtenAt: number | undefined): LeaseGrant | undefined {
    const holder = stored.record.holders.find(({ id }) => id === this.id);
    if (holder === undefined || writtenAt === undefined) return undefined;
    return { name: this.#name, driver: this.#request.driver, holder, stored, writtenAt };
  }

  #grant(live: LeaseRecord): LeaseRecord {
    const now = Date.now();
    const who = { host: hostname(), pid: process.pid, info: this.#request.info, since: new Date(now).toISOString() };
    this.#beat += 1;
    return grant(live, { ...this.#entry(), ...who }, now);
  }

  /** The record in which this call has its place in the queue, renewed; undefined if it is fresh. */
  #wait(live: LeaseRecord): LeaseRecord | undefined {
    if (live.waiters.some(({ id }) => id === this.id)) {
      if (performance.now() - this.#renewedAt < this.#request.ttlMs / 3) return undefined;
      this.#beat += 1;
      return withBeat(live, this.id, this.#beat);
    }
    this.#beat += 1;
    return enqueue(live, this.#entry());
  }

  #entry(): LeaseEntry {
    const { mode, ttlMs } = this.#request;
    return { id: this.id, mode, ttlMs, beat: this.#beat, process: this.#context.process };
  }

  #timeout({ holders, waiters }: LeaseRecord): PersistError {
    const { mode, waitMs } = this.#request;
    const place = waiters.findIndex(({ id }) => id === this.id);
    const earlier = place === -1 ? waiters.length : place;
    const reasons = holders.map(
      ({ host, pid, since, info }) =>
        `held by process ${pid} on ${host} since ${since}${info === '' ? '' : `, ${describeValue(info)}`}`,
    );
    if (earlier > 0) reasons.push(`waited for before by ${earlier}`);
    if (reasons.length === 0) reasons.push('its record kept changing');
    const message = `lock ${this.#name} (${mode}) was not granted within ${waitMs} ms: ${reasons.join('; ')}`;
    return new PersistError('LOCK_TIMEOUT', message, { key: this.#name, holders: holders.map(toLockHolder) });
  }

  #sleep(ms: number): Promise<void> {
    const { signal } = this.#request;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#endSleep = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
      this.#endSleep = end;
      if (signal.aborted) end();
    });
  }
}
