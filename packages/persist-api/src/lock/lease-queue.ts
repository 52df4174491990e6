import type { LeaseEntry, LeaseHolder, LeaseRecord } from './lease-record.js';
import type { LockMode } from './lock.js';

/**
 * The grant rule. A call is granted when its mode goes together with every holder and with every
 * waiter that came before it: so readers that keep coming do not starve a waiting writer, nor writers
 * a waiting reader. The functions take a record without expired entries and give the next one.
 */

/** Whether the call may hold the lock now. One that does not wait yet stands behind all that do. */
export function canGrant({ holders, waiters }: LeaseRecord, { id, mode }: Pick<LeaseEntry, 'id' | 'mode'>): boolean {
  const place = waiters.findIndex((waiter) => waiter.id === id);
  const earlier = place === -1 ? waiters : waiters.slice(0, place);
  return [...holders, ...earlier].every((other) => isCompatible(other.mode, mode));
}

/**
 * The call becomes a holder. The new fence is greater than all before it; it is at least `now`, so
 * that it also grows when the record of a free lock was removed in between.
 * @param now the wall clock in milliseconds since 1970
 */
export function grant(record: LeaseRecord, holder: Omit<LeaseHolder, 'fence'>, now: number): LeaseRecord {
  const fence = Math.max(record.fence + 1, now);
  const { holders, waiters } = withoutEntry(record, holder.id);
  return { ...record, fence, holders: [...holders, { ...holder, fence }], waiters };
}

/** The call waits, behind all others. */
export function enqueue(record: LeaseRecord, waiter: LeaseEntry): LeaseRecord {
  return { ...record, waiters: [...record.waiters, waiter] };
}

/** The record without the entries that `isExpired`; the same object if there are none. */
export function withoutExpired(record: LeaseRecord, isExpired: (entry: LeaseEntry) => boolean): LeaseRecord {
  return without(record, isExpired);
}

/** The record without the call, be it holder or waiter; the same object if it is neither. */
export function withoutEntry(record: LeaseRecord, id: string): LeaseRecord {
  return without(record, (entry) => entry.id === id);
}

/** The record without one holder, or without all; the same object if there are none. */
export function withoutHolders(record: LeaseRecord, id: string | undefined): LeaseRecord {
  const holders = id === undefined ? [] : record.holders.filter((holder) => holder.id !== id);
  return holders.length === record.holders.length ? record : { ...record, holders };
}

/** The record with the call's beat set to `beat`; undefined if it is neither holder nor waiter. */
export function withBeat(record: LeaseRecord, id: string, beat: number): LeaseRecord | undefined {
  if (![...record.holders, ...record.waiters].some((entry) => entry.id === id)) return undefined;
  const renew = <T extends LeaseEntry>(entry: T): T => (entry.id === id ? { ...entry, beat } : entry);
  return { ...record, holders: record.holders.map(renew), waiters: record.waiters.map(renew) };
}

function without(record: LeaseRecord, isUnwanted: (entry: LeaseEntry) => boolean): LeaseRecord {
  const holders = record.holders.filter((holder) => !isUnwanted(holder));
  const waiters = record.waiters.filter((waiter) => !isUnwanted(waiter));
  const isSame = holders.length === record.holders.length && waiters.length === record.waiters.length;
  return isSame ? record : { ...record, holders, waiters };
}

function isCompatible(a: LockMode, b: LockMode): boolean {
  return a === 'shared' && b === 'shared';
}
