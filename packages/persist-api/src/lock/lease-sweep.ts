import type { LeaseRecords } from './lease-records.js';
import type { LeaseStorage } from './lease-storage.js';

/** How often an instance that grants locks looks for records to remove. */
const everyMs = 60 * 60 * 1000;
/**
 * How long after its latest grant the record of a free lock may be removed. The next fence follows the
 * wall clock then, so it is greater as long as clocks do not differ by more than this.
 */
const freeForMs = 24 * 60 * 60 * 1000;

/** Removes the records of locks that nobody has used for long, so that short-lived names leave nothing behind. */
export class LeaseSweep {
  readonly #storage: LeaseStorage;
  readonly #records: LeaseRecords;
  #sweptAt = performance.now();
  #stopped = false;

  constructor(storage: LeaseStorage, records: LeaseRecords) {
    this.#storage = storage;
    this.#records = records;
  }

  /** Sweeps if it is time to. Never rejects: what cannot be read or removed stays. */
  async run(): Promise<void> {
    const now = performance.now();
    if (this.#storage.remove === undefined || now - this.#sweptAt < everyMs) return;
    this.#sweptAt = now;
    try {
      for await (const name of this.#storage.list()) {
        if (this.#stopped) return;
        await this.#sweep(name).catch(() => {});
      }
    } catch {}
  }

  stop(): void {
    this.#stopped = true;
  }

  async #sweep(name: string): Promise<void> {
    const { record, version } = await this.#records.read(name);
    const isFree = record.holders.length + record.waiters.length === 0;
    if (version === 'absent' || !isFree || Date.now() - record.fence < freeForMs) return;
    await this.#storage.remove?.(name, version);
  }
}
