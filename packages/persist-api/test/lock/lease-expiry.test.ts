import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Lock, MemoryStorage } from '../../src/index.js';
import { instance, instances, observe, rejection, type TestStorage } from './lease-fixture.js';

vi.setConfig({ testTimeout: 60_000 });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const hour = 3_600_000;

/** From now on the instance cannot reach its storage, as if its process were dead. */
function kill(storage: TestStorage) {
  storage.beforeRead = () => new Promise(() => {});
  storage.onWrite = () => new Promise(() => {});
}

/** Milliseconds until the lock is lost, from now on. */
function lossOf(lock: Lock) {
  const start = performance.now();
  const loss: { after?: number } = {};
  lock.signal.addEventListener('abort', () => {
    loss.after = performance.now() - start;
  });
  return loss;
}

describe('a holder that lives', () => {
  it.each([100, 3000])('keeps the lock for as long as it wants (ttl %d ms)', async (ttlMs) => {
    const [a, b] = instances(2);
    const lock = await a!.lock('l', { ttlMs });
    const other = observe(b!.lock('l', { ttlMs, waitMs: 20 * ttlMs }));
    await vi.advanceTimersByTimeAsync(19 * ttlMs);
    expect(other.state).toBe('pending');
    expect(lock.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(2 * ttlMs);
    expect(other.error).toMatchObject({ code: 'LOCK_TIMEOUT', holders: [lock.holder] });
  });

  it('renews with one write for each third of the ttl', async () => {
    const [a] = instances(1);
    await a!.lock('l');
    a!.storage.calls.length = 0;
    await vi.advanceTimersByTimeAsync(10_500);
    expect(a!.storage.calls).toEqual(Array.from({ length: 10 }, () => 'write'));
  });
});

describe('a holder that died', () => {
  it('frees the lock within its ttl and a little, and not before it knows of its loss', async () => {
    const [a, b] = instances(2);
    const lock = await a!.lock('l');
    await vi.advanceTimersByTimeAsync(2500);
    const waiting = observe(b!.lock('l', { waitMs: 60_000 }));
    kill(a!.storage);
    // Its last renewal was 500 ms ago.
    const loss = lossOf(lock);
    await vi.advanceTimersByTimeAsync(2499);
    expect([loss.after, waiting.state]).toEqual([undefined, 'pending']);
    await vi.advanceTimersByTimeAsync(701);
    expect(loss.after).toBeLessThanOrEqual(2510);
    expect(waiting.state).toBe('resolved');
    expect(waiting.value!.fence).toBeGreaterThan(lock.fence);
  });

  it('is found out by callers who never wait', async () => {
    const [a, b] = instances(2);
    await a!.lock('l');
    kill(a!.storage);
    for (let second = 0; second < 3; second++) {
      expect(await rejection(b!.lock('l'))).toMatchObject({ code: 'LOCK_TIMEOUT' });
      await vi.advanceTimersByTimeAsync(1000);
    }
    await b!.lock('l');
  });

  it('is found out by its own ttl, not by that of the waiter', async () => {
    const [a, b] = instances(2);
    await a!.lock('l', { ttlMs: 10_000 });
    kill(a!.storage);
    const waiting = observe(b!.lock('l', { ttlMs: 100, waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(9_990);
    expect(waiting.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(30);
    expect(waiting.state).toBe('resolved');
  });

  it('frees it at once if the storage knows that its process is gone', async () => {
    const [a, b] = instances(2);
    a!.storage.process = 'p1';
    const gone = new Set<string>();
    b!.storage.isGone = (process) => gone.has(process);
    await a!.lock('l');
    kill(a!.storage);
    expect(await rejection(b!.lock('l'))).toMatchObject({ code: 'LOCK_TIMEOUT' });
    gone.add('p1');
    await b!.lock('l');
  });

  it('as a waiter holds nobody up for longer than its ttl', async () => {
    const [a, b, c] = instances(3);
    const held = await a!.lock('l');
    observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(10);
    kill(b!.storage);
    const next = observe(c!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(10);
    await held.release();
    await vi.advanceTimersByTimeAsync(2900);
    expect(next.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(300);
    expect(next.state).toBe('resolved');
  });

  it('that was one of several readers does not end the leases of the others', async () => {
    const [a, b, c] = instances(3);
    await a!.lock('l', { mode: 'shared' });
    const alive = await b!.lock('l', { mode: 'shared' });
    kill(a!.storage);
    const writer = observe(c!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([writer.state, alive.signal.aborted]).toEqual(['pending', false]);
    await alive.release();
    await vi.advanceTimersByTimeAsync(200);
    expect(writer.state).toBe('resolved');
  });
});

describe('a lease', () => {
  it('is lost when no renewal has succeeded for its ttl; the error says why', async () => {
    const [a] = instances(1);
    const lock = await a!.lock('l');
    const cause = new Error('disk on fire');
    a!.storage.onWrite = async () => {
      throw cause;
    };
    const loss = lossOf(lock);
    await vi.advanceTimersByTimeAsync(2999);
    expect(loss.after).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(loss.after).toBe(3000);
    expect(lock.signal.reason).toMatchObject({
      code: 'LOCK_LOST',
      driver: 'test',
      operation: 'lock',
      key: 'l',
      cause: { code: 'UNAVAILABLE', cause },
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is lost when the storage does not answer', async () => {
    const [a] = instances(1);
    const lock = await a!.lock('l');
    a!.storage.onWrite = () => new Promise(() => {});
    const loss = lossOf(lock);
    await vi.advanceTimersByTimeAsync(3000);
    expect(loss.after).toBe(3000);
  });

  it('counts from the start of a write, not from its answer', async () => {
    const [a] = instances(1);
    const lock = await a!.lock('l');
    a!.storage.onWrite = async (apply) => {
      a!.storage.onWrite = () => new Promise(() => {});
      const version = await apply();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return version;
    };
    const loss = lossOf(lock);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(loss.after).toBe(4000);
  });

  it('survives a storage that fails for less than that', async () => {
    const [a, b] = instances(2);
    const lock = await a!.lock('l');
    a!.storage.onWrite = async () => {
      throw new Error('down');
    };
    await vi.advanceTimersByTimeAsync(2500);
    a!.storage.onWrite = (apply) => apply();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lock.signal.aborted).toBe(false);
    expect(await rejection(b!.lock('l'))).toMatchObject({ holders: [lock.holder] });
  });

  it('that is lost is released without an error, and never takes another one away', async () => {
    const [a, b] = instances(2);
    const lost = await a!.lock('l');
    kill(a!.storage);
    const taken = observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(4000);
    expect(lost.signal.aborted).toBe(true);
    a!.storage.beforeRead = () => {};
    a!.storage.onWrite = (apply) => apply();
    await lost.release();
    await lost.release();
    expect(await rejection(a!.lock('l'))).toMatchObject({ holders: [taken.value!.holder] });
    await vi.advanceTimersByTimeAsync(4000);
    expect(taken.value!.signal.aborted).toBe(false);
  });

  it('that was lost in an outage leaves nothing once it is released', async () => {
    const [a, b] = instances(2);
    const lock = await a!.lock('l');
    a!.storage.onWrite = async () => {
      throw new Error('down');
    };
    await vi.advanceTimersByTimeAsync(4000);
    expect(lock.signal.aborted).toBe(true);
    a!.storage.onWrite = (apply) => apply();
    await lock.release();
    await b!.lock('l');
  });

  it('that is lost does not keep its own instance from taking the lock again', async () => {
    const [a] = instances(1);
    await a!.lock('l');
    a!.storage.onWrite = async () => {
      throw new Error('down');
    };
    await vi.advanceTimersByTimeAsync(4000);
    a!.storage.onWrite = (apply) => apply();
    const again = observe(a!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(3200);
    expect(again.state).toBe('resolved');
  });
});

describe('clocks', () => {
  it.each([
    [hour, -hour],
    [-hour, hour],
  ])('that are %d and %d ms wrong change nothing', async (offsetA, offsetB) => {
    const [a, b] = instances(2);
    const now = Date.now();
    const at = (offset: number) => vi.setSystemTime(now + offset);
    at(offsetA);
    const held = await a!.lock('l');
    at(offsetB);
    const waiting = observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([waiting.state, held.signal.aborted]).toEqual(['pending', false]);
    kill(a!.storage);
    await vi.advanceTimersByTimeAsync(1500);
    expect(waiting.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(2000);
    expect(waiting.state).toBe('resolved');
    expect(waiting.value!.fence).toBeGreaterThan(held.fence);
  });
});

describe('an event loop that was blocked for longer than the ttl', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });
  const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const nextRenewal = async (storage: TestStorage) => {
    const before = storage.calls.length;
    await vi.waitFor(() => expect(storage.calls.length).toBeGreaterThan(before));
  };

  it('goes on holding a lock that nobody took', async () => {
    const { storage, lock, locks } = instance(new MemoryStorage().locks);
    const held = await lock('l', { ttlMs: 100 });
    storage.onWrite = async (apply) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return apply();
    };
    block(350);
    await nextRenewal(storage);
    await nextRenewal(storage);
    expect(held.signal.aborted).toBe(false);
    await locks.close();
  });

  it('does not lose it to a waiter of the same instance', async () => {
    const { storage, lock, locks } = instance(new MemoryStorage().locks);
    const held = await lock('l', { ttlMs: 100 });
    const waiting = observe(lock('l', { ttlMs: 100, waitMs: 60_000 }));
    await vi.waitFor(async () => expect((await storage.record('l')).waiters).toHaveLength(1));
    block(350);
    await nextRenewal(storage);
    expect([held.signal.aborted, waiting.state]).toEqual([false, 'pending']);
    await held.release();
    await vi.waitFor(() => expect(waiting.state).toBe('resolved'));
    await locks.close();
  });

  it('has lost a lock that somebody took, and says so', async () => {
    const { storage, lock } = instance(new MemoryStorage().locks);
    const held = await lock('l', { ttlMs: 100 });
    const taken = { ...(await storage.record('l')), holders: [] };
    const { version } = (await storage.inner.read('l'))!;
    block(350);
    await storage.inner.write('l', Buffer.from(JSON.stringify(taken)), version);
    await vi.waitFor(() => expect(held.signal.aborted).toBe(true));
    expect(held.signal.reason).toMatchObject({ code: 'LOCK_LOST' });
    await held.release();
    expect(await storage.record('l')).toEqual(taken);
  });
});
