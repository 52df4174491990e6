import { describe, expect, it } from 'vitest';
import {
  canGrant,
  enqueue,
  grant,
  withBeat,
  withoutEntry,
  withoutExpired,
  withoutHolders,
} from '../../src/lock/lease-queue.js';
import { freeRecord, type LeaseEntry, type LeaseRecord } from '../../src/lock/lease-record.js';

const who = { host: 'h', pid: 1, info: '', since: '2026-01-01T00:00:00.000Z' };
const call = (id: string): LeaseEntry => ({
  id,
  mode: id.startsWith('x') ? 'exclusive' : 'shared',
  ttlMs: 1000,
  beat: 1,
});
const hold = (record: LeaseRecord, id: string, now = 0) => grant(record, { ...call(id), ...who }, now);
/** Names that begin with x are exclusive, with s shared. */
const record = (holders: string[], waiters: string[]) =>
  waiters.reduce(
    (sum, id) => enqueue(sum, call(id)),
    holders.reduce((sum, id) => hold(sum, id), freeRecord),
  );

describe('who is granted', () => {
  it.each<[holders: string[], waiters: string[], granted: string[], refused: string[]]>([
    [[], [], ['x', 's'], []],
    [['x1'], [], [], ['x', 's']],
    [['s1'], [], ['s'], ['x']],
    [['s1', 's2'], ['x3'], [], ['x', 's', 'x3']],
    [['s1'], ['s2'], ['s2', 's'], ['x']],
    [[], ['x1', 's2', 's3'], ['x1'], ['s2', 's3', 'x', 's']],
    [[], ['s1', 's2', 'x3', 's4'], ['s1', 's2'], ['x3', 's4', 'x', 's']],
    [['x1'], ['s2', 'x3'], [], ['s2', 'x3', 's']],
  ])('holders %j, waiters %j: %j may, %j may not', (holders, waiters, granted, refused) => {
    const state = record(holders, waiters);
    for (const id of granted) expect([id, canGrant(state, call(id))]).toEqual([id, true]);
    for (const id of refused) expect([id, canGrant(state, call(id))]).toEqual([id, false]);
  });
});

describe('a grant', () => {
  it('moves the call from the queue to the holders, and others keep their places', () => {
    const state = hold(record(['s1'], ['s2', 's3', 'x4']), 's3');
    expect(state.holders.map(({ id }) => id)).toEqual(['s1', 's3']);
    expect(state.waiters.map(({ id }) => id)).toEqual(['s2', 'x4']);
  });

  it('takes a fence that is greater than the last one and not below the clock', () => {
    expect(hold(freeRecord, 'x1', 500)).toMatchObject({ fence: 500, holders: [{ fence: 500 }] });
    expect(hold({ ...freeRecord, fence: 500 }, 'x1', 500)).toMatchObject({ fence: 501 });
    expect(hold({ ...freeRecord, fence: 900 }, 'x1', 500)).toMatchObject({ fence: 901 });
  });
});

describe('changes of the record', () => {
  const state = record(['s1', 's2'], ['x3', 's4']);

  it('removes one call, be it holder or waiter', () => {
    expect(withoutEntry(state, 's1')).toEqual({ ...state, holders: [state.holders[1]] });
    expect(withoutEntry(state, 'x3')).toEqual({ ...state, waiters: [state.waiters[1]] });
  });

  it('removes the expired', () => {
    expect(withoutExpired(state, ({ mode }) => mode === 'shared')).toEqual({
      ...state,
      holders: [],
      waiters: [state.waiters[0]],
    });
  });

  it('removes one holder or all, and no waiter', () => {
    expect(withoutHolders(state, 's2')).toEqual({ ...state, holders: [state.holders[0]] });
    expect(withoutHolders(state, undefined)).toEqual({ ...state, holders: [] });
  });

  it('gives the same object where there is nothing to remove', () => {
    expect(withoutEntry(state, 'other')).toBe(state);
    expect(withoutExpired(state, () => false)).toBe(state);
    expect(withoutHolders(state, 'x3')).toBe(state);
    expect(withoutHolders(freeRecord, undefined)).toBe(freeRecord);
  });

  it('renews a holder or a waiter, and only that one', () => {
    const beats = ({ holders, waiters }: LeaseRecord) => [...holders, ...waiters].map(({ beat }) => beat);
    expect(beats(withBeat(state, 's2', 7) ?? state)).toEqual([1, 7, 1, 1]);
    expect(beats(withBeat(state, 's4', 7) ?? state)).toEqual([1, 1, 1, 7]);
    expect(withBeat(state, 'other', 7)).toBeUndefined();
  });
});
