import type { BackendCall, LockRequest, LockService } from '../driver/driver-backend.js';
import { isPersistError } from '../persist-error.js';
import { Lease, type LeaseGrant } from './lease.js';
import { LeaseAcquisition } from './lease-acquisition.js';
import { LeaseObserver, type Observation } from './lease-observer.js';
import { canGrant, withoutExpired, withoutHolders } from './lease-queue.js';
import { freeRecord, type LeaseRecord, toLockHolder } from './lease-record.js';
import { LeaseRecords, type StoredRecord } from './lease-records.js';
import type { LeaseStorage } from './lease-storage.js';
import { LeaseSweep } from './lease-sweep.js';
import type { Lock, LockStatus } from './lock.js';

/** How long a call that failed or was aborted waits for what it wrote to be removed. */
const cleanupMs = 1000;

/**
 * The lease lock over a driver's own conditional writes: one small record for each name with the
 * holders and, in order, the waiters. Everybody grants, renews and releases their own entry. Whoever
 * waits judges by their own clock whether another is dead, so clocks need not agree.
 *
 * An uncontended lock costs one read and one write, its release one write.
 */
export class LeaseLocks implements LockService {
  readonly #storage: LeaseStorage;
  readonly #records: LeaseRecords;
  readonly #sweep: LeaseSweep;
  readonly #observer = new LeaseObserver();
  /** Of its own, as to inspect every lock would make the other forget those that are waited for. */
  readonly #inspector = new LeaseObserver(65_536);
  /** By id: those that are held, and those whose entry could not be removed yet. */
  readonly #leases = new Map<string, Lease>();
  readonly #acquisitions = new Map<string, LeaseAcquisition>();
  readonly #background = new Set<Promise<unknown>>();

  constructor(storage: LeaseStorage) {
    this.#storage = storage;
    this.#records = new LeaseRecords(storage);
    this.#sweep = new LeaseSweep(storage, this.#records);
  }

  async lock(name: string, request: LockRequest): Promise<Lock> {
    request.signal.throwIfAborted();
    this.#inBackground(this.#sweep.run());
    const acquisition = new LeaseAcquisition(name, request, {
      records: this.#records,
      process: this.#storage.process,
      live: (key, observation) => this.#live(key, observation, this.#observer),
    });
    this.#acquisitions.set(acquisition.id, acquisition);
    const granting = acquisition.run().then((grant) => this.#hold(grant));
    try {
      return await untilAborted(granting, request.signal);
    } catch (error) {
      const cleanup = granting.then(
        (lease) => lease.release(),
        async () => this.#wakeNext(await acquisition.withdraw()),
      );
      await atMost(cleanupMs, this.#inBackground(cleanup));
      throw error;
    } finally {
      this.#acquisitions.delete(acquisition.id);
    }
  }

  async *inspect({ signal }: BackendCall): AsyncGenerator<LockStatus> {
    for await (const name of this.#storage.list()) {
      signal?.throwIfAborted();
      const status = await this.#inspect(name);
      if (status.error !== undefined || status.holders.length > 0 || status.waiting > 0) yield status;
    }
  }

  async breakLock(name: string, holder: string | undefined): Promise<boolean> {
    let hasTaken = false;
    try {
      const stored = await this.#records.update(name, (record) => {
        const next = withoutHolders(record, holder);
        hasTaken = next !== record;
        return next;
      });
      this.#wakeNext(stored);
      return hasTaken;
    } catch (error) {
      if (holder !== undefined || !isPersistError(error, 'CORRUPT')) throw error;
      await this.#records.write(name, freeRecord, undefined);
      return true;
    }
  }

  /** A lock whose release fails here expires by itself. */
  async close(): Promise<void> {
    this.#sweep.stop();
    const leases = [...this.#leases.values()];
    await Promise.allSettled(leases.map((lease) => lease.release()));
    await Promise.allSettled([...leases.map((lease) => lease.renewing), ...this.#background]);
  }

  #hold(grant: LeaseGrant): Lease {
    const lease = new Lease(grant, this.#records, (ended, stored) => {
      this.#leases.delete(ended.holder.id);
      if (stored !== undefined) this.#wakeNext(stored);
      this.#inBackground(Promise.resolve(ended.renewing));
    });
    this.#leases.set(lease.holder.id, lease);
    return lease;
  }

  /** Of its own entries this instance knows whether they live; those of others it observes. */
  #live(name: string, observation: Observation, observer: LeaseObserver): LeaseRecord {
    const isOverdue = observer.observe(name, observation);
    return withoutExpired(observation.record, (entry) => {
      const lease = this.#leases.get(entry.id);
      if (lease !== undefined) return !lease.isHeld;
      if (this.#acquisitions.has(entry.id)) return false;
      return isOverdue(entry) || (entry.process !== undefined && this.#storage.isGone?.(entry.process) === true);
    });
  }

  async #inspect(name: string): Promise<LockStatus> {
    try {
      const from = performance.now();
      const { record } = await this.#records.read(name);
      const observation = { record, from, to: performance.now() };
      const { fence, holders, waiters } = this.#live(name, observation, this.#inspector);
      return { name, fence, holders: holders.map(toLockHolder), waiting: waiters.length };
    } catch (error) {
      if (!isPersistError(error, 'CORRUPT') && !isPersistError(error, 'FORMAT_UNSUPPORTED')) throw error;
      return { name, fence: 0, holders: [], waiting: 0, error };
    }
  }

  /** Wakes the calls of this instance whose turn it is now; those of others find out by themselves. */
  #wakeNext(stored: StoredRecord | undefined): void {
    if (stored === undefined) return;
    for (const waiter of stored.record.waiters) {
      if (canGrant(stored.record, waiter)) this.#acquisitions.get(waiter.id)?.wake();
    }
  }

  /** Keeps `close` waiting for it. */
  #inBackground(work: Promise<unknown>): Promise<unknown> {
    const settled = work.catch(() => {}).finally(() => this.#background.delete(settled));
    this.#background.add(settled);
    return settled;
  }
}

/** As `promise`, but rejects with the signal's reason as soon as that aborts. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, timeUp]);
  clearTimeout(timer);
}
