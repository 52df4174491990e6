import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Lock, type LockStatus, MemoryStorage, memoryDriver, type PersistDriver } from '../../src/index.js';
import { observe, rejection } from './lease-fixture.js';

let storage: MemoryStorage;
let a: PersistDriver;
let b: PersistDriver;

beforeEach(() => {
  vi.useFakeTimers();
  storage = new MemoryStorage();
  [a, b] = [memoryDriver({ storage }), memoryDriver({ storage })];
});
afterEach(() => {
  vi.useRealTimers();
});

async function inspect(driver: PersistDriver): Promise<LockStatus[]> {
  const found = [];
  for await (const status of driver.inspectLocks()) found.push(status);
  return found;
}

async function waitFor(lock: Promise<Lock>) {
  const waiting = observe(lock);
  await vi.advanceTimersByTimeAsync(10);
  return waiting;
}

describe('inspectLocks', () => {
  it('yields the locks that are held or waited for, in the order of their names, and no document', async () => {
    await a.write('document', new Uint8Array(1));
    await (await a.lock('free')).release();
    const z = await a.lock('z', { mode: 'shared', info: 'one' });
    const z2 = await b.lock('z', { mode: 'shared', info: 'two' });
    const slash = await b.lock('a/b');
    const dot = await a.lock('a.b');
    await waitFor(b.lock('z', { waitMs: 5000 }));
    expect(await inspect(a)).toEqual([
      { name: 'a.b', fence: dot.fence, holders: [dot.holder], waiting: 0 },
      { name: 'a/b', fence: slash.fence, holders: [slash.holder], waiting: 0 },
      { name: 'z', fence: z2.fence, holders: [z.holder, z2.holder], waiting: 1 },
    ]);
  });

  it('drops a holder that it has seen to be dead', async () => {
    const stale = { id: 'x', mode: 'exclusive', host: 'h', pid: 1, info: '', since: '2026-01-01T00:00:00.000Z' };
    const record = { format: 1, fence: 1, holders: [{ ...stale, ttlMs: 1000, beat: 1, fence: 1 }], waiters: [] };
    await storage.locks.write('l', Buffer.from(JSON.stringify(record)), 'absent');
    expect(await inspect(a)).toEqual([{ name: 'l', fence: 1, holders: [stale], waiting: 0 }]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await inspect(a)).toEqual([]);
  });

  it('does not keep others from finding out that a holder is dead, however many locks there are', async () => {
    const stale = { id: 'x', mode: 'exclusive', host: 'h', pid: 1, info: '', since: '2026-01-01T00:00:00.000Z' };
    const record = { format: 1, fence: 1, holders: [{ ...stale, ttlMs: 1000, beat: 1, fence: 1 }], waiters: [] };
    for (let i = 0; i < 1100; i += 1) {
      await storage.locks.write(`l${i}`, Buffer.from(JSON.stringify(record)), 'absent');
    }
    const waiting = await waitFor(a.lock('l0', { waitMs: 10_000 }));
    for (let i = 0; i < 20; i += 1) {
      await inspect(a);
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(waiting.state).toBe('resolved');
  });

  it('shows a damaged record, and the others all the same', async () => {
    await storage.locks.write('a', Buffer.from('garbage'), 'absent');
    await storage.locks.write('b', Buffer.from('{"format":9}'), 'absent');
    const { fence, holder } = await a.lock('c');
    expect(await inspect(a)).toEqual([
      { name: 'a', fence: 0, holders: [], waiting: 0, error: expect.objectContaining({ code: 'CORRUPT', key: 'a' }) },
      { name: 'b', fence: 0, holders: [], waiting: 0, error: expect.objectContaining({ code: 'FORMAT_UNSUPPORTED' }) },
      { name: 'c', fence, holders: [holder], waiting: 0 },
    ]);
  });

  it('is CLOSED after close', async () => {
    await a.close();
    expect(await rejection(inspect(a))).toMatchObject({ code: 'CLOSED', operation: 'inspectLocks' });
  });
});

describe('breakLock', () => {
  it('takes the lock away: its holder learns it at the next renewal, the next in the queue gets it', async () => {
    const lock = await a.lock('l', { ttlMs: 3000 });
    const waiting = await waitFor(b.lock('l', { waitMs: 60_000 }));
    expect(await a.breakLock('l')).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(waiting.state).toBe('resolved');
    await vi.advanceTimersByTimeAsync(1000);
    expect(lock.signal.reason).toMatchObject({ code: 'LOCK_LOST', driver: 'memory', operation: 'lock', key: 'l' });
    await lock.release();
    expect(await inspect(a)).toMatchObject([{ name: 'l', holders: [{ id: waiting.value!.holder.id }] }]);
  });

  it('takes it away from one holder alone, if it is told which', async () => {
    const first = await a.lock('l', { mode: 'shared' });
    const second = await b.lock('l', { mode: 'shared' });
    expect(await b.breakLock('l', { holder: first.holder.id })).toBe(true);
    expect(await b.breakLock('l', { holder: first.holder.id })).toBe(false);
    expect(await inspect(a)).toMatchObject([{ holders: [second.holder] }]);
    await vi.advanceTimersByTimeAsync(5000);
    expect([first.signal.aborted, second.signal.aborted]).toEqual([true, false]);
  });

  it('says when there was nothing to take, and makes nothing', async () => {
    expect(await a.breakLock('never')).toBe(false);
    await (await a.lock('free')).release();
    expect(await a.breakLock('free')).toBe(false);
    expect(await storage.locks.read('never')).toBeUndefined();
  });

  it('makes a corrupt lock usable again, and its fence still grows', async () => {
    const { fence } = await a.lock('l');
    await storage.locks.write('l', Buffer.from('garbage'), undefined);
    expect(await rejection(b.breakLock('l', { holder: 'x' }))).toMatchObject({ code: 'CORRUPT', key: 'l' });
    expect(await b.breakLock('l')).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect((await b.lock('l', { waitMs: 0 })).fence).toBeGreaterThan(fence);
  });

  it('leaves the lock of a newer version alone', async () => {
    await storage.locks.write('l', Buffer.from('{"format":9}'), 'absent');
    expect(await rejection(a.breakLock('l'))).toMatchObject({
      code: 'FORMAT_UNSUPPORTED',
      driver: 'memory',
      operation: 'breakLock',
    });
    expect(Buffer.from((await storage.locks.read('l'))!.data).toString()).toBe('{"format":9}');
  });

  it.each([[''], [1], [null]])('refuses the holder %j', async (holder) => {
    expect(await rejection(a.breakLock('l', { holder: holder as string }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('holder'),
    });
  });
});
