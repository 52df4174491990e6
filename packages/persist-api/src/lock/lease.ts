import { isPersistError, PersistError } from '../persist-error.js';
import { withBeat, withoutEntry } from './lease-queue.js';
import { type LeaseHolder, toLockHolder } from './lease-record.js';
import type { LeaseRecords, StoredRecord } from './lease-records.js';
import type { Lock, LockHolder, LockMode } from './lock.js';
import { pauses } from './pauses.js';

/** What a {@link Lease} is made of: a grant that was just written. */
export interface LeaseGrant {
  readonly name: string;
  /** The driver's name, for errors. */
  readonly driver: string;
  readonly holder: LeaseHolder;
  /** The record with the grant. */
  readonly stored: StoredRecord;
  /** When the write of the grant began, by the monotonic clock. */
  readonly writtenAt: number;
}

/**
 * A held lock. It renews its beat at a third of the ttl, and is lost when its entry is gone from the
 * record, or when no renewal has succeeded for a whole ttl: from then on others may judge it expired.
 * One that was paused for longer (a stopped process, a blocked event loop) tries to renew before it
 * gives up. Its timers do not keep the process alive, and nothing throws from them.
 */
export class Lease implements Lock {
  readonly name: string;
  readonly mode: LockMode;
  readonly holder: LockHolder;
  readonly fence: number;
  readonly #driver: string;
  readonly #ttlMs: number;
  readonly #records: LeaseRecords;
  readonly #onEnd: (lease: Lease, stored?: StoredRecord) => void;
  readonly #lost = new AbortController();
  #state: 'held' | 'released' | 'lost' = 'held';
  #stored: StoredRecord;
  #beat: number;
  #renewedAt: number;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #releasing: Promise<void> | undefined;

  /** @param onEnd called when it is lost; and with the new record when its entry was removed */
  constructor(
    { name, driver, holder, stored, writtenAt }: LeaseGrant,
    records: LeaseRecords,
    onEnd: (lease: Lease, stored?: StoredRecord) => void,
  ) {
    this.name = name;
    this.mode = holder.mode;
    this.holder = toLockHolder(holder);
    this.fence = holder.fence;
    this.#driver = driver;
    this.#ttlMs = holder.ttlMs;
    this.#records = records;
    this.#onEnd = onEnd;
    this.#stored = stored;
    this.#beat = holder.beat;
    this.#renewedAt = writtenAt;
    this.#scheduleRenewal();
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Neither released nor lost. */
  get isHeld(): boolean {
    return this.#state === 'held';
  }

  /** The renewal in flight, if any. It never rejects. */
  get renewing(): Promise<void> | undefined {
    return this.#renewing;
  }

  release(): Promise<void> {
    this.#releasing ??= this.#release().catch((error) => {
      this.#releasing = undefined;
      throw Object.assign(error, { driver: this.#driver, operation: 'release' });
    });
    return this.#releasing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #release(): Promise<void> {
    clearTimeout(this.#timer);
    const wasLost = this.#state === 'lost';
    this.#state = wasLost ? 'lost' : 'released';
    try {
      const stored = await this.#records.update(
        this.name,
        (record) => withoutEntry(record, this.holder.id),
        wasLost ? undefined : this.#known(),
      );
      this.#onEnd(this, stored);
    } catch (error) {
      if (!wasLost) throw error;
    }
  }

  #scheduleRenewal(): void {
    const pause = this.#renewedAt + this.#ttlMs / 3 - performance.now();
    this.#timer = setTimeout(() => {
      this.#renewing = this.#renew().finally(() => {
        this.#renewing = undefined;
      });
    }, pause);
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    let failure: unknown;
    const patience = Math.max(this.#renewedAt + this.#ttlMs - performance.now(), this.#ttlMs / 3);
    const giveUp = setTimeout(() => this.#lose('it could not be renewed in time', failure), patience);
    giveUp.unref();
    let stored = this.#known();
    for (const pause of pauses(5, Math.min(this.#ttlMs / 10, 1000))) {
      try {
        stored ??= await this.#records.read(this.name);
        this.#beat += 1;
        const next = withBeat(stored.record, this.holder.id, this.#beat);
        if (next === undefined) {
          this.#lose('somebody else judged it expired, or broke it');
          break;
        }
        const writtenAt = performance.now();
        this.#stored = await this.#records.write(this.name, next, stored.version);
        this.#renewedAt = writtenAt;
        break;
      } catch (error) {
        failure = error;
        const wasOutOfDate = stored === this.#stored && isPersistError(error, 'CONFLICT');
        stored = undefined;
        if (wasOutOfDate) continue;
      }
      await new Promise<void>((resolve) => setTimeout(resolve, pause).unref());
      if (!this.isHeld) break;
    }
    clearTimeout(giveUp);
    if (this.isHeld) this.#scheduleRenewal();
  }

  /** The record as last written, if it is likely to be that still: nobody else has an entry to renew. */
  #known(): StoredRecord | undefined {
    const { holders, waiters } = this.#stored.record;
    return holders.length + waiters.length === 1 ? this.#stored : undefined;
  }

  #lose(reason: string, cause?: unknown): void {
    if (!this.isHeld) return;
    this.#state = 'lost';
    clearTimeout(this.#timer);
    this.#onEnd(this);
    const message = `lock ${this.name} (${this.mode}, granted ${this.holder.since}) is lost: ${reason}`;
    this.#lost.abort(
      new PersistError('LOCK_LOST', message, { driver: this.#driver, operation: 'lock', key: this.name, cause }),
    );
  }
}
