import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isPersistError, type Lock, type LockMode } from '../../src/index.js';
import { instances, observe, rejection, soon } from './lease-fixture.js';

vi.setConfig({ testTimeout: 60_000 });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const modes: LockMode[] = ['exclusive', 'shared'];

describe('modes', () => {
  it.each([
    ['exclusive', 'exclusive', false],
    ['exclusive', 'shared', false],
    ['shared', 'exclusive', false],
    ['shared', 'shared', true],
  ] as const)('%s, then %s by another instance and by the same one', async (first, second, isGranted) => {
    const [a, b] = instances(2);
    await a!.lock('l', { mode: first });
    for (const { lock } of [b!, a!]) {
      const attempt = lock('l', { mode: second });
      if (isGranted) await (await attempt).release();
      else expect(await rejection(attempt)).toMatchObject({ code: 'LOCK_TIMEOUT' });
    }
  });

  it('are free again after the release', async () => {
    const [a, b] = instances(2);
    for (const first of modes) {
      for (const second of modes) {
        await (await a!.lock('l', { mode: first })).release();
        await (await b!.lock('l', { mode: second })).release();
      }
    }
  });

  it('an exclusive lock waits for all the shared ones', async () => {
    const [a, b] = instances(2);
    const readers = await soon(Promise.all([a!, b!, b!].map(({ lock }) => lock('l', { mode: 'shared' }))));
    for (const reader of readers) {
      expect(await rejection(a!.lock('l'))).toMatchObject({ code: 'LOCK_TIMEOUT' });
      await reader.release();
    }
    await a!.lock('l');
  });

  it('names are independent of each other', async () => {
    const [a, b] = instances(2);
    await a!.lock('a');
    await b!.lock('a/b');
    await b!.lock('ab');
  });
});

describe('the lock', () => {
  it('says who holds it', async () => {
    vi.setSystemTime('2026-03-04T05:06:07.089Z');
    const [a] = instances(1);
    const lock = await a!.lock('a/b', { mode: 'shared', info: 'nightly backup' });
    expect(lock).toMatchObject({ name: 'a/b', mode: 'shared', fence: expect.any(Number) });
    expect(lock.holder).toEqual({
      id: expect.any(String),
      mode: 'shared',
      host: hostname(),
      pid: process.pid,
      info: 'nightly backup',
      since: '2026-03-04T05:06:07.089Z',
    });
    expect(lock.signal.aborted).toBe(false);
  });

  it('costs one read and one write, and its release one write', async () => {
    const [a] = instances(1);
    for (let round = 0; round < 2; round++) {
      const lock = await a!.lock('l');
      expect(a!.storage.calls.splice(0)).toEqual(['read', 'write']);
      await lock.release();
      expect(a!.storage.calls.splice(0)).toEqual(['write']);
    }
  });

  it('may be released twice, at once or later, and by `await using`', async () => {
    const [a, b] = instances(2);
    const lock = await a!.lock('l');
    await Promise.all([lock.release(), lock.release(), lock[Symbol.asyncDispose]()]);
    const next = await b!.lock('l');
    await lock.release();
    expect(await rejection(a!.lock('l'))).toMatchObject({ holders: [next.holder] });
    expect(lock.signal.aborted).toBe(false);
  });

  it('has a fence that grows with every grant, in every mode and by every instance', async () => {
    const pair = instances(2);
    let last = 0;
    for (let round = 0; round < 20; round++) {
      const lock = await pair[round % 2]!.lock('l', { mode: modes[round % 3 === 0 ? 1 : 0]! });
      expect(lock.fence).toBeGreaterThan(last);
      last = lock.fence;
      await lock.release();
    }
  });

  it('gives readers that hold it together different fences', async () => {
    const [a, b] = instances(2);
    const first = await a!.lock('l', { mode: 'shared' });
    const second = await b!.lock('l', { mode: 'shared' });
    expect(second.fence).toBeGreaterThan(first.fence);
  });

  it('leaves nobody in the record after its release', async () => {
    const [a] = instances(1);
    const lock = await a!.lock('l');
    await lock.release();
    expect(await a!.storage.record('l')).toEqual({ format: 1, fence: lock.fence, holders: [], waiters: [] });
  });
});

describe('contention', () => {
  it('with waitMs 0 fails at once, writes nothing and names the holder', async () => {
    const [a, b] = instances(2);
    const { holder } = await a!.lock('l', { info: 'migration' });
    const error = await rejection(b!.lock('l', { mode: 'shared' }));
    expect(b!.storage.calls).toEqual(['read']);
    expect(isPersistError(error, 'LOCK_TIMEOUT')).toBe(true);
    expect(error).toMatchObject({ key: 'l', retryable: true, holders: [holder] });
    for (const part of [holder.host, String(holder.pid), 'migration', holder.since]) {
      expect(error.message).toContain(part);
    }
  });

  it('names all holders', async () => {
    const [a, b] = instances(2);
    const { holder: first } = await a!.lock('l', { mode: 'shared' });
    const { holder: second } = await b!.lock('l', { mode: 'shared' });
    expect(await rejection(a!.lock('l'))).toMatchObject({ holders: [first, second] });
  });

  it('with waitMs n fails after that time and leaves nothing behind', async () => {
    const [a, b] = instances(2);
    const { holder } = await a!.lock('l', { ttlMs: 60_000 });
    const attempt = observe(b!.lock('l', { waitMs: 500 }));
    await vi.advanceTimersByTimeAsync(499);
    expect(attempt.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(20);
    expect(attempt.error).toMatchObject({ code: 'LOCK_TIMEOUT', holders: [holder] });
    expect(await a!.storage.record('l')).toMatchObject({ holders: [{ id: holder.id }], waiters: [] });
  });

  it('ends with the release: another instance is granted within 100 ms, the same one at once', async () => {
    const [a, b] = instances(2);
    let held = await a!.lock('l');
    const other = observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(10_000);
    await held.release();
    await vi.advanceTimersByTimeAsync(100);
    expect(other.state).toBe('resolved');

    held = other.value!;
    const same = observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(10_000);
    await held.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(same.state).toBe('resolved');
  });

  it('asks the storage seldom: about ten reads a second, and a write for each third of the ttl', async () => {
    const [a, b] = instances(2);
    await a!.lock('l');
    const waiting = observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(10_000);
    const reads = b!.storage.calls.filter((call) => call === 'read').length;
    const writes = b!.storage.calls.length - reads;
    expect(waiting.state).toBe('pending');
    expect(reads).toBeLessThan(250);
    expect(writes).toBeLessThanOrEqual(12);
    expect(writes).toBeGreaterThanOrEqual(8);
  });
});

describe('the queue', () => {
  /** Starts a call and lets it take its place in the queue. */
  async function queued(starting: Promise<Lock>) {
    const call = observe(starting);
    await vi.advanceTimersByTimeAsync(10);
    return call;
  }

  it('is first come, first served, over several instances', async () => {
    const [a, b, c] = instances(3);
    const held = await a!.lock('l');
    const order: number[] = [];
    for (const [index, { lock }] of [b!, c!, b!, a!, c!].entries()) {
      await queued(
        lock('l', { waitMs: 60_000 }).then(async (granted) => {
          order.push(index);
          await granted.release();
          return granted;
        }),
      );
    }
    await held.release();
    await vi.advanceTimersByTimeAsync(1000);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('readers who come after a waiting writer wait for it, also with waitMs 0', async () => {
    const [a, b] = instances(2);
    const reader = await a!.lock('l', { mode: 'shared' });
    const writer = await queued(b!.lock('l', { waitMs: 60_000 }));
    expect(await rejection(a!.lock('l', { mode: 'shared' }))).toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: expect.stringContaining('waited for before by 1'),
    });
    const later = await queued(a!.lock('l', { mode: 'shared', waitMs: 60_000 }));
    await reader.release();
    await vi.advanceTimersByTimeAsync(200);
    expect([writer.state, later.state]).toEqual(['resolved', 'pending']);
    await writer.value!.release();
    await vi.advanceTimersByTimeAsync(200);
    expect(later.state).toBe('resolved');
  });

  it('a writer gets in between readers that never leave a gap', async () => {
    const [a, b] = instances(2);
    let reader = await a!.lock('l', { mode: 'shared' });
    const writer = await queued(b!.lock('l', { waitMs: 60_000 }));
    for (let round = 0; round < 20 && writer.state === 'pending'; round++) {
      const next = observe(a!.lock('l', { mode: 'shared', waitMs: 60_000 }));
      await vi.advanceTimersByTimeAsync(50);
      await reader.release();
      await vi.advanceTimersByTimeAsync(150);
      if (next.value !== undefined) reader = next.value;
    }
    expect(writer.state).toBe('resolved');
  });

  it('a reader gets in between writers that never leave a gap', async () => {
    const [a, b] = instances(2);
    let writer = await a!.lock('l');
    const reader = await queued(b!.lock('l', { mode: 'shared', waitMs: 60_000 }));
    for (let round = 0; round < 20 && reader.state === 'pending'; round++) {
      const next = observe(a!.lock('l', { waitMs: 60_000 }));
      await vi.advanceTimersByTimeAsync(50);
      await writer.release();
      await vi.advanceTimersByTimeAsync(150);
      if (next.value !== undefined) writer = next.value;
    }
    expect(reader.state).toBe('resolved');
  });

  it('readers who wait together are granted together', async () => {
    const [a, b] = instances(2);
    const writer = await a!.lock('l');
    const readers = [];
    for (const { lock } of [a!, b!, b!]) readers.push(await queued(lock('l', { mode: 'shared', waitMs: 60_000 })));
    await writer.release();
    await vi.advanceTimersByTimeAsync(300);
    expect(readers.map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved']);
  });

  it('a waiter keeps its place in its own instance however slow its storage is', async () => {
    const [a, b] = instances(2);
    await b!.lock('l', { mode: 'shared' });
    await queued(a!.lock('l', { waitMs: 600_000 }));
    a!.storage.onWrite = () => new Promise(() => {});
    await vi.advanceTimersByTimeAsync(1100);
    a!.storage.onWrite = (apply) => apply();
    for (let second = 0; second < 10; second++) {
      expect(await rejection(a!.lock('l', { mode: 'shared' }))).toMatchObject({ code: 'LOCK_TIMEOUT' });
      await vi.advanceTimersByTimeAsync(1000);
    }
  });

  it('a waiter keeps its place for as long as it waits', async () => {
    const [a, b, c] = instances(3);
    const held = await a!.lock('l', { ttlMs: 100 });
    const first = await queued(b!.lock('l', { waitMs: 600_000, ttlMs: 100 }));
    const second = await queued(c!.lock('l', { waitMs: 600_000, ttlMs: 100 }));
    await vi.advanceTimersByTimeAsync(6_000);
    await held.release();
    await vi.advanceTimersByTimeAsync(50);
    expect([first.state, second.state]).toEqual(['resolved', 'pending']);
  });
});

describe('abort', () => {
  it('before the call: nothing is asked of the storage', async () => {
    const [a] = instances(1);
    const reason = new Error('no more');
    expect(await rejection(a!.lock('l', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(a!.storage.calls).toEqual([]);
  });

  it('while waiting: rejects with the reason and leaves nothing behind', async () => {
    const [a, b] = instances(2);
    const { holder } = await a!.lock('l');
    const aborting = new AbortController();
    const waiting = observe(b!.lock('l', { waitMs: 60_000, signal: aborting.signal }));
    await vi.advanceTimersByTimeAsync(1000);
    const reason = new Error('no more');
    aborting.abort(reason);
    await vi.advanceTimersByTimeAsync(0);
    expect(waiting.error).toBe(reason);
    expect(await b!.storage.record('l')).toMatchObject({ holders: [{ id: holder.id }], waiters: [] });
    expect(vi.getTimerCount()).toBe(1);
  });

  it('lets those behind it go on', async () => {
    const [a, b] = instances(2);
    await a!.lock('l', { mode: 'shared' });
    const aborting = new AbortController();
    const writer = observe(b!.lock('l', { waitMs: 60_000, signal: aborting.signal }));
    await vi.advanceTimersByTimeAsync(100);
    const reader = observe(b!.lock('l', { mode: 'shared', waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(100);
    expect(reader.state).toBe('pending');
    aborting.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect([writer.state, reader.state]).toEqual(['rejected', 'resolved']);
  });

  it.each(['before', 'after'])(
    'in the moment of the grant, %s it is written: the lock is not left held',
    async (when) => {
      const [a, b] = instances(2);
      const aborting = new AbortController();
      a!.storage.onWrite = async (apply) => {
        a!.storage.onWrite = (again) => again();
        if (when === 'before') aborting.abort();
        const version = await apply();
        aborting.abort();
        return version;
      };
      expect(await rejection(a!.lock('l', { signal: aborting.signal }))).toBe(aborting.signal.reason);
      expect(await a!.storage.record('l')).toMatchObject({ holders: [] });
      await b!.lock('l');
    },
  );

  it('is not held up for long by a storage that does not answer, and the grant is undone when it does', async () => {
    const [a, b] = instances(2);
    const aborting = new AbortController();
    let answer = () => {};
    a!.storage.onWrite = async (apply) => {
      a!.storage.onWrite = (again) => again();
      const version = await apply();
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return version;
    };
    const attempt = observe(a!.lock('l', { signal: aborting.signal }));
    await vi.advanceTimersByTimeAsync(10);
    aborting.abort();
    await vi.advanceTimersByTimeAsync(1000);
    expect(attempt.error).toBe(aborting.signal.reason);
    const closing = observe(a!.locks.close());
    await vi.advanceTimersByTimeAsync(100);
    expect(closing.state).toBe('pending');
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(closing.state).toBe('resolved');
    await b!.lock('l');
  });
});

describe('close', () => {
  it('releases every lock of the instance, all at once, and no other', async () => {
    const [a, b] = instances(2);
    const held = await Promise.all(['l1', 'l2', 'l3'].map((name) => a!.lock(name)));
    const other = await b!.lock('l4');
    let writing = 0;
    let most = 0;
    a!.storage.onWrite = async (apply) => {
      most = Math.max(most, ++writing);
      await Promise.resolve();
      writing -= 1;
      return apply();
    };
    await a!.locks.close();
    expect(most).toBe(3);
    for (const lock of held) {
      expect(lock.signal.aborted).toBe(false);
      await lock.release();
      await b!.lock(lock.name);
    }
    expect(await rejection(a!.lock('l4'))).toMatchObject({ holders: [other.holder] });
  });

  it('leaves no timer', async () => {
    const [a] = instances(1);
    await a!.lock('l1');
    await (await a!.lock('l2')).release();
    await a!.locks.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('resolves though the storage fails', async () => {
    const [a] = instances(1);
    await a!.lock('l');
    a!.storage.onWrite = async () => {
      throw new Error('down');
    };
    const closing = observe(a!.locks.close());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(closing.state).toBe('resolved');
  });
});
