import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Lock, PersistError, type Version } from '../../src/index.js';
import { instances, observe, rejection, soon, type TestStorage } from './lease-fixture.js';

vi.setConfig({ testTimeout: 60_000 });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const unavailable = () => new PersistError('UNAVAILABLE', 'the backend is down');
const conflict = () => new PersistError('CONFLICT', 'somebody else was first');
const unknown = () => new PersistError('OUTCOME_UNKNOWN', 'the answer was lost');

type Write = TestStorage['onWrite'];
const failing =
  (error: () => Error): Write =>
  async () => {
    throw error();
  };
const losingAnswers =
  (error: () => Error): Write =>
  async (apply) => {
    await apply();
    throw error();
  };
/** `write` for the first `times` writes. */
function first(times: number, write: Write): Write {
  let count = 0;
  return (apply, record) => (count++ < times ? write(apply, record) : apply());
}

describe('a storage error', () => {
  it.each(['UNAVAILABLE', 'TIMEOUT', 'PERMISSION_DENIED', 'CORRUPT'] as const)(
    '%s is never reported as contention, with or without time to wait',
    async (code) => {
      const [a, b] = instances(2);
      for (const waitMs of [0, 1000]) {
        const error = new PersistError(code, 'no');
        b!.storage.beforeRead = () => {
          throw error;
        };
        expect(await rejection(b!.lock('l', { waitMs }))).toBe(error);
        b!.storage.beforeRead = () => {};
        b!.storage.onWrite = failing(() => error);
        expect(await soon(rejection(b!.lock('l', { waitMs })))).toBe(error);
        b!.storage.onWrite = (apply) => apply();
      }
      await a!.lock('l');
    },
  );

  it('of another kind becomes UNAVAILABLE with its cause, and names the lock', async () => {
    const [a] = instances(1);
    const cause = new TypeError('socket hang up');
    a!.storage.beforeRead = () => {
      throw cause;
    };
    expect(await rejection(a!.lock('a/b'))).toMatchObject({ code: 'UNAVAILABLE', key: 'a/b', cause });
  });

  it('while waiting ends the wait and leaves nothing behind', async () => {
    const [a, b] = instances(2);
    const { holder } = await a!.lock('l');
    const waiting = observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(500);
    const error = unavailable();
    b!.storage.beforeRead = () => {
      b!.storage.beforeRead = () => {};
      throw error;
    };
    await vi.advanceTimersByTimeAsync(200);
    expect(waiting.error).toBe(error);
    expect(await b!.storage.record('l')).toMatchObject({ holders: [{ id: holder.id }], waiters: [] });
  });

  it('that hid a grant does not leave it behind', async () => {
    const [a, b] = instances(2);
    a!.storage.onWrite = first(1, losingAnswers(unavailable));
    expect(await soon(rejection(a!.lock('l')))).toMatchObject({ code: 'UNAVAILABLE' });
    await b!.lock('l');
  });

  it('is not waited out for longer than a second when nothing can be cleaned up', async () => {
    const [a, b] = instances(2);
    await a!.lock('l');
    const waiting = observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(500);
    b!.storage.beforeRead = () => {
      throw unavailable();
    };
    await vi.advanceTimersByTimeAsync(1100);
    expect(waiting.error).toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('a lost answer', () => {
  it.each([
    ['OUTCOME_UNKNOWN, and it was written', losingAnswers(unknown)],
    ['OUTCOME_UNKNOWN, and it was not written', failing(unknown)],
    ['CONFLICT, and it was written', losingAnswers(conflict)],
  ])('%s: the grant is found out and the lock held once', async (_, write) => {
    const [a, b] = instances(2);
    a!.storage.onWrite = first(1, write);
    const lock = await soon(a!.lock('l'));
    const record = await a!.storage.record('l');
    expect(record.holders).toMatchObject([{ id: lock.holder.id, fence: lock.fence }]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lock.signal.aborted).toBe(false);
    await lock.release();
    await b!.lock('l');
  });

  it('of every write in turn harms neither grant, wait, renewal nor release', async () => {
    const [a, b] = instances(2);
    for (const { storage } of [a!, b!]) {
      let count = 0;
      const every: Write[] = [losingAnswers(unknown), failing(unknown), (apply) => apply()];
      storage.onWrite = (apply, record) => every[count++ % 3]!(apply, record);
    }
    const lock = await soon(a!.lock('l'));
    const waiting = observe(b!.lock('l', { waitMs: 600_000 }));
    await vi.advanceTimersByTimeAsync(30_000);
    expect([lock.signal.aborted, waiting.state]).toEqual([false, 'pending']);
    await soon(lock.release());
    await vi.advanceTimersByTimeAsync(1000);
    expect(waiting.state).toBe('resolved');
    await soon(waiting.value!.release());
    expect(await a!.storage.record('l')).toMatchObject({ holders: [], waiters: [] });
  });

  it('of a write that arrives late, after the call has given up, holds nobody up beyond the ttl', async () => {
    const [a, b] = instances(2);
    let arrive: () => Promise<Version> = async () => '';
    a!.storage.onWrite = async (apply) => {
      arrive = apply;
      a!.storage.onWrite = failing(unavailable);
      throw unknown();
    };
    expect(await soon(rejection(a!.lock('l')))).toMatchObject({ code: 'UNAVAILABLE' });
    await arrive();
    const other = observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(3200);
    expect(other.state).toBe('resolved');
  });

  it('again and again ends in OUTCOME_UNKNOWN, not in LOCK_TIMEOUT', async () => {
    const [a] = instances(1);
    a!.storage.onWrite = failing(unknown);
    for (const waitMs of [0, 500]) {
      expect(await soon(rejection(a!.lock('l', { waitMs })))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    }
  });
});

describe('conflicts', () => {
  it.each([0, 500])('without end are contention, after a bounded number of tries (waitMs %d)', async (waitMs) => {
    const [a] = instances(1);
    a!.storage.onWrite = failing(conflict);
    const attempt = observe(a!.lock('l', { waitMs }));
    await vi.advanceTimersByTimeAsync(waitMs + 3000);
    expect(attempt.error).toMatchObject({ code: 'LOCK_TIMEOUT', holders: [] });
    expect(a!.storage.calls.length).toBeLessThan(150);
  });

  it('do not keep a free lock from a caller with waitMs 0', async () => {
    const [a] = instances(1);
    a!.storage.onWrite = first(10, failing(conflict));
    await soon(a!.lock('l'));
  });
});

describe('a damaged record', () => {
  it.each([
    ['CORRUPT', 'garbage'],
    ['FORMAT_UNSUPPORTED', '{"format":9}'],
  ])('is %s, never free, and stays as it is', async (code, text) => {
    const [a] = instances(1);
    await a!.storage.inner.write('the/lock', Buffer.from(text), 'absent');
    for (const waitMs of [0, 1000]) {
      const error = await rejection(a!.lock('the/lock', { waitMs }));
      expect(error).toMatchObject({ code, key: 'the/lock', message: expect.stringContaining('the/lock') });
    }
    expect(a!.storage.calls).toEqual(['read', 'read']);
  });

  it('ends a lease after its ttl', async () => {
    const [a] = instances(1);
    const lock = await a!.lock('l');
    await a!.storage.inner.write('l', Buffer.from('garbage'), undefined);
    await vi.advanceTimersByTimeAsync(3000);
    expect(lock.signal.reason).toMatchObject({ code: 'LOCK_LOST', cause: { code: 'CORRUPT' } });
    await lock.release();
  });
});

describe('a release', () => {
  it('is retried when the storage fails for a moment', async () => {
    const [a, b] = instances(2);
    const lock = await a!.lock('l');
    a!.storage.onWrite = first(4, failing(unavailable));
    await soon(lock.release());
    await b!.lock('l');
  });

  it('rejects with the storage error in the end, and may be tried again', async () => {
    const [a, b] = instances(2);
    const lock = await a!.lock('l');
    a!.storage.onWrite = failing(unavailable);
    expect(await soon(rejection(lock.release()))).toMatchObject({
      code: 'UNAVAILABLE',
      driver: 'test',
      operation: 'release',
      key: 'l',
    });
    expect(lock.signal.aborted).toBe(false);
    a!.storage.onWrite = (apply) => apply();
    await lock.release();
    await b!.lock('l');
  });

  it('that failed leaves a lease that is not renewed, and that its own instance does not wait for', async () => {
    const [a, b] = instances(2);
    const lock = await a!.lock('l');
    a!.storage.onWrite = failing(() => new PersistError('PERMISSION_DENIED', 'no'));
    await rejection(lock.release());
    a!.storage.onWrite = (apply) => apply();
    await (await a!.lock('l')).release();

    const next = await a!.lock('l');
    a!.storage.onWrite = failing(() => new PersistError('PERMISSION_DENIED', 'no'));
    await rejection(next.release());
    const other = observe(b!.lock('l', { waitMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(3200);
    expect(other.state).toBe('resolved');
  });

  it('finds out about its own lost answer', async () => {
    const [a, b] = instances(2);
    for (const write of [losingAnswers(unknown), failing(unknown), losingAnswers(conflict)]) {
      const lock = await soon(a!.lock('l'));
      a!.storage.onWrite = first(1, write);
      await soon(lock.release());
      await (await b!.lock('l')).release();
    }
  });
});

describe('slow answers', () => {
  it('do not end a lease that is renewed, nor let two hold it', async () => {
    const [a, b] = instances(2);
    const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 150));
    for (const { storage } of [a!, b!]) {
      storage.beforeRead = slow;
      storage.onWrite = async (apply) => {
        await slow();
        const version = await apply();
        await slow();
        return version;
      };
    }
    const lock = await soon(a!.lock('l'));
    const waiting = observe(b!.lock('l', { waitMs: 600_000 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([lock.signal.aborted, waiting.state]).toEqual([false, 'pending']);
    await soon(lock.release());
    await vi.advanceTimersByTimeAsync(3000);
    expect(waiting.state).toBe('resolved');
  });
});

describe('everything at once', () => {
  it.each([1, 2, 3])('never gives an exclusive lock to two (seed %d)', async (seed) => {
    const random = randomNumbers(seed);
    vi.spyOn(Math, 'random').mockImplementation(random);
    const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, random() * ms));
    const all = instances(5);
    for (const { storage } of all) disturb(storage, random, pause);

    const held = new Set<Lock>();
    let grants = 0;
    let last = 0;
    let isOver = false;
    const worker = async ({ lock }: (typeof all)[number]) => {
      while (!isOver) {
        const granted = await lock('l', { waitMs: random() < 0.2 ? 0 : 20_000, ttlMs: 1000 }).catch(() => undefined);
        if (granted !== undefined) {
          expect([...held].filter(({ signal }) => !signal.aborted)).toEqual([]);
          expect(granted.fence).toBeGreaterThan(last);
          last = granted.fence;
          grants += 1;
          held.add(granted);
          await pause(1500);
          held.delete(granted);
          await granted.release().catch(() => {});
        }
        await pause(50);
      }
    };
    const work = observe(Promise.all(all.map(worker)));
    await vi.advanceTimersByTimeAsync(60_000);
    isOver = true;
    while (work.state === 'pending') await vi.advanceTimersByTimeAsync(1000);
    if (work.state === 'rejected') throw work.error;
    expect(grants).toBeGreaterThan(10);
  });
});

/** Delays, errors, lost answers; and now and then nothing gets through for two seconds. */
function disturb(storage: TestStorage, random: () => number, pause: (ms: number) => Promise<void>) {
  let deadUntil = 0;
  const trouble = async () => {
    if (random() < 0.003) deadUntil = performance.now() + 2000;
    if (performance.now() < deadUntil) {
      await pause(300);
      throw unavailable();
    }
    await pause(60);
    if (random() < 0.01) throw unavailable();
  };
  storage.beforeRead = trouble;
  storage.onWrite = async (apply) => {
    await trouble();
    if (random() < 0.03) throw unknown();
    const version = await apply();
    await pause(60);
    if (random() < 0.03) throw unknown();
    return version;
  };
}

/** Mulberry32: numbers in [0, 1) that are the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
