import { describe, expect, it } from 'vitest';
import { LeaseObserver } from '../../src/lock/lease-observer.js';
import { freeRecord, type LeaseEntry } from '../../src/lock/lease-record.js';

const entry = (beat: number, id = 'w1'): LeaseEntry => ({ id, mode: 'exclusive', ttlMs: 1000, beat });

/** Whether the entry is judged expired in a read of a record that holds it, from `from` to `to`. */
function judge(observer: LeaseObserver, beat: number, from: number, to = from, name = 'lock') {
  return observer.observe(name, { record: { ...freeRecord, waiters: [entry(beat)] }, from, to })(entry(beat));
}

describe('LeaseObserver', () => {
  it('expires an entry whose beat it saw unchanged for the whole ttl', () => {
    const observer = new LeaseObserver();
    expect(judge(observer, 1, 0)).toBe(false);
    expect(judge(observer, 1, 999)).toBe(false);
    expect(judge(observer, 1, 1000)).toBe(true);
    expect(judge(observer, 2, 1500)).toBe(false);
    expect(judge(observer, 2, 2499)).toBe(false);
    expect(judge(observer, 2, 2500)).toBe(true);
  });

  it('counts neither the first read nor the last one, however slow they are', () => {
    const observer = new LeaseObserver();
    expect(judge(observer, 1, 0, 5000)).toBe(false);
    expect(judge(observer, 1, 5999, 20_000)).toBe(false);
    expect(judge(observer, 1, 6000, 6000)).toBe(true);
  });

  it('starts again with an entry that was away', () => {
    const observer = new LeaseObserver();
    judge(observer, 1, 0);
    observer.observe('lock', { record: freeRecord, from: 500, to: 500 });
    expect(judge(observer, 1, 1000)).toBe(false);
    expect(judge(observer, 1, 2000)).toBe(true);
  });

  it('keeps names apart, and forgets the one it has not seen for longest when there are too many', () => {
    const observer = new LeaseObserver(2);
    for (const name of ['a', 'b', 'a', 'c']) judge(observer, 1, 0, 0, name);
    expect(judge(observer, 1, 1000, 1000, 'c')).toBe(true);
    expect(judge(observer, 1, 1000, 1000, 'a')).toBe(true);
    expect(judge(observer, 1, 1000, 1000, 'b')).toBe(false);
  });
});
