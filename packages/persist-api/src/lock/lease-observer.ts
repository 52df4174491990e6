import type { LeaseEntry, LeaseRecord } from './lease-record.js';

/** One read of a record, by the observer's own monotonic clock, in milliseconds. */
export interface Observation {
  readonly record: LeaseRecord;
  /** When the read began: whatever it found was there at this time or later. */
  readonly from: number;
  /** When the read ended: whatever it found was there at this time or earlier. */
  readonly to: number;
}

interface Sighting {
  readonly beat: number;
  /** The entry has had this beat at this time, or before. */
  readonly since: number;
}

/**
 * Judges which entries are expired without comparing clocks: one whose beat this observer has seen
 * unchanged for the entry's whole ttl. It remembers what it saw for the `maxNames` names that it saw
 * last, so that callers who only try once, again and again, find a dead holder out, too.
 */
export class LeaseObserver {
  readonly #maxNames: number;
  /** By lock name, the least recently observed first; by entry id. */
  readonly #sightings = new Map<string, Map<string, Sighting>>();

  constructor(maxNames = 1024) {
    this.#maxNames = maxNames;
  }

  /** Takes in what was read, and says which of its entries are expired. */
  observe(name: string, { record, from, to }: Observation): (entry: LeaseEntry) => boolean {
    const before = this.#sightings.get(name);
    const seen = new Map<string, Sighting>();
    for (const { id, beat } of [...record.holders, ...record.waiters]) {
      const last = before?.get(id);
      seen.set(id, last?.beat === beat ? last : { beat, since: to });
    }
    this.#remember(name, seen);
    return ({ id, ttlMs }) => from - (seen.get(id)?.since ?? to) >= ttlMs;
  }

  #remember(name: string, seen: Map<string, Sighting>): void {
    this.#sightings.delete(name);
    if (seen.size > 0) this.#sightings.set(name, seen);
    if (this.#sightings.size > this.#maxNames) {
      const [oldest] = this.#sightings.keys();
      if (oldest !== undefined) this.#sightings.delete(oldest);
    }
  }
}
