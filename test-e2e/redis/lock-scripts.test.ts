import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { acquireLockScript } from '../../packages/persist-redis/src/scripts/acquire-lock.js';
import { breakLockScript } from '../../packages/persist-redis/src/scripts/break-lock.js';
import { inspectLockScript } from '../../packages/persist-redis/src/scripts/inspect-lock.js';
import { releaseLockScript } from '../../packages/persist-redis/src/scripts/release-lock.js';
import { renewLockScript } from '../../packages/persist-redis/src/scripts/renew-lock.js';
import type { Script } from '../../packages/persist-redis/src/scripts/script.js';
import { RedisServer } from '../services/redis-server.js';

const keys = ['locks', 'queue', 'waiters'];
const ttl = 1_000;
/** For how long a waiter keeps its place, and holds what it was handed, unless it asks or renews. */
const patience = 2_000;
let server: RedisServer;
let client: Redis;
/** The server's clock as the scripts see it, in microseconds. */
let clock = 0;

beforeAll(async () => {
  server = await RedisServer.start();
  client = server.client();
});
afterAll(async () => {
  client.disconnect();
  await server.kill();
});
beforeEach(async () => {
  await client.del(keys);
  clock = 1_000_000_000;
});

function run({ source }: Script, ...args: (string | number)[]): Promise<unknown> {
  const time = `{ '${Math.floor(clock / 1e6)}', '${clock % 1e6}' }`;
  return client.eval(source.replace("call('TIME')", time), keys.length, ...keys, 0, 'name', ...args);
}

interface Asking {
  readonly mode?: 'exclusive' | 'shared';
  readonly ttlMs?: number;
  /** 0: takes no place in the queue. */
  readonly place?: number;
}

/** The fence; undefined if it has to wait. */
async function ask(
  id: string,
  { mode = 'exclusive', ttlMs = ttl, place = 1 }: Asking = {},
): Promise<number | undefined> {
  const answer = await run(acquireLockScript, id, mode, ttlMs, place, 'channel', `"${id}"`);
  return typeof answer === 'string' ? Number(answer) : undefined;
}
const share = (id: string) => ask(id, { mode: 'shared' });
const renew = (id: string) => run(renewLockScript, id, ttl, `"${id}"`);
const release = (id: string) => run(releaseLockScript, id);

/** What is stored: who holds it, and who waits. */
async function state(): Promise<{ holders: string[]; queue: string[] }> {
  const lines = (await client.hget('locks', 'name'))?.split('\n').slice(0, -1) ?? [];
  const queue = await client.lrange('queue', 0, -1);
  expect((await client.hkeys('waiters')).sort()).toEqual([...queue].sort());
  return { holders: lines.map((line) => line.split(' ', 1)[0] ?? ''), queue };
}
/** What is told to people, as `state`. */
async function inspect(): Promise<{ holders: string[]; waiting: number; fence: number }> {
  const [waiting, fence, ...who] = (await run(inspectLockScript)) as string[];
  return { holders: who.map((one) => JSON.parse(one)), waiting: Number(waiting), fence: Number(fence) };
}
const pass = (ms: number) => {
  clock += 1_000 * ms;
};

test('a lease lasts its whole time, wherever in a millisecond it began', async () => {
  for (const begun of [0, 1, 500, 999]) {
    await client.del(keys);
    clock = 1_000_000_000 + begun;
    const fence = await ask('a');
    clock += 1_000 * ttl - 1;
    expect(await ask('b', { place: 0 }), `begun at ${begun}`).toBeUndefined();
    expect(await renew('a')).toBe(1);
    pass(ttl + 1);
    expect(await renew('a'), 'it has ended').toBe(0);
    expect(await ask('b')).toBeGreaterThan(fence ?? Number.NaN);
    expect(await release('a'), 'what has ended gives up nothing').toBe(0);
    expect(await release('b')).toBe(1);
  }
});

test('a call that arrives twice is answered as the first time', async () => {
  const fence = await ask('a');
  pass(ttl - 1);
  expect(await ask('a')).toBe(fence);
  pass(ttl - 1);
  expect(await renew('a'), 'its lease began anew').toBe(1);
  expect(await renew('a')).toBe(1);
  for (const id of ['b', 'c', 'b']) expect(await ask(id)).toBeUndefined();
  expect(await state()).toEqual({ holders: ['a'], queue: ['b', 'c'] });
  expect(await release('a')).toBe(1);
  expect(await release('a')).toBe(0);
  expect(await renew('a')).toBe(0);
  expect(await state()).toEqual({ holders: ['b'], queue: ['c'] });
});

test('who holds nothing gives up nothing', async () => {
  await ask('a');
  expect(await release('b')).toBe(0);
  await ask('c');
  expect(await release('b')).toBe(0);
  expect(await run(breakLockScript, 'b')).toBe(0);
  expect(await state()).toEqual({ holders: ['a'], queue: ['c'] });
});

test('fences grow while the clock stands still or goes back, and when all that was remembered is lost', async () => {
  let latest = 0;
  for (const change of ['none', 'back', 'lost', 'none']) {
    pass(change === 'back' ? -500 : change === 'lost' ? 1_000 : 0);
    if (change === 'lost') await client.del(keys);
    for (const id of ['a', 'b']) {
      const fence = (await share(id)) ?? 0;
      expect(fence, change).toBeGreaterThan(latest);
      latest = fence;
    }
    expect((await inspect()).fence).toBe(latest);
    for (const id of ['a', 'b']) await release(id);
  }
});

test('readers share, and pass no writer who waits', async () => {
  for (const id of ['a', 'b']) expect(await share(id)).toBeDefined();
  expect(await ask('writer')).toBeUndefined();
  for (const id of ['c', 'd']) expect(await share(id)).toBeUndefined();
  expect(await ask('hasty', { mode: 'shared', place: 0 })).toBeUndefined();
  expect(await renew('a')).toBe(1);
  expect(await state()).toEqual({ holders: ['a', 'b'], queue: ['writer', 'c', 'd'] });
  await release('b');
  expect(await state()).toEqual({ holders: ['a'], queue: ['writer', 'c', 'd'] });
  await release('a');
  expect(await state()).toEqual({ holders: ['writer'], queue: ['c', 'd'] });
  await release('writer');
  expect(await state()).toEqual({ holders: ['c', 'd'], queue: [] });
  expect(await run(breakLockScript, '')).toBe(2);
  expect(await client.exists('queue', 'waiters')).toBe(0);
});

test('who leaves the queue is gone from it, and who is first then goes on', async () => {
  await share('a');
  for (const id of ['writer', 'other']) await ask(id);
  await share('reader');
  expect(await release('other')).toBe(1);
  expect(await state()).toEqual({ holders: ['a'], queue: ['writer', 'reader'] });
  expect(await release('writer')).toBe(1);
  expect(await state()).toEqual({ holders: ['a', 'reader'], queue: [] });
});

test('who has not asked for two seconds has lost its place to those who have', async () => {
  await ask('a', { mode: 'shared', ttlMs: 60_000 });
  await ask('gone');
  await share('reader');
  pass(patience - 1);
  expect(await share('reader'), 'it is not its turn').toBeUndefined();
  expect(await inspect()).toMatchObject({ holders: ['a'], waiting: 2 });
  pass(1);
  await ask('later');
  expect(await state()).toEqual({ holders: ['a', 'reader'], queue: ['later'] });
  pass(patience);
  expect(await inspect()).toMatchObject({ holders: ['a'], waiting: 0 });
  for (const id of ['first', 'gone']) await ask(id);
  pass(patience - 1);
  await ask('first');
  pass(1);
  expect(await inspect()).toMatchObject({ holders: ['a'], waiting: 1 });
});

test('who has to wait learns when to ask again, and who holds the lock', async () => {
  const answer = (id: string) => run(acquireLockScript, id, 'exclusive', ttl, 1, 'channel', '""');
  await ask('a', { mode: 'shared', ttlMs: 60_000 });
  await ask('b', { mode: 'shared', ttlMs: 700 });
  expect(await answer('c')).toEqual(['700', '"a"', '"b"']);
  pass(701);
  expect(await answer('d'), 'until the first in the queue loses its place').toEqual([`${patience - 701}`, '"a"']);
});

test('a queue that nobody asks about any more expires', async () => {
  await ask('a');
  await ask('b');
  for (const key of ['queue', 'waiters']) {
    const left = await client.pttl(key);
    expect(left).toBeGreaterThan(patience / 2);
    expect(left).toBeLessThanOrEqual(patience + 1_000);
  }
});

test('when a holder is gone, whoever comes first hands the lock to the one whose turn it is', async () => {
  for (const comes of [() => ask('c', { place: 0 }), () => release('another'), () => inspect()]) {
    await client.del(keys);
    await ask('a');
    await ask('b', { place: 7 });
    pass(ttl + 1);
    await comes();
    expect(await state()).toEqual({ holders: ['b'], queue: [] });
    expect(await renew('b')).toBe(1);
    pass(ttl + 1);
    expect(await inspect()).toMatchObject({ holders: [], waiting: 0 });
    expect(await client.hkeys('locks'), 'the fence alone').toEqual(['']);
  }
});

test('what is handed over ends after two seconds, or its ttl, and its message says so', async () => {
  const subscriber = client.duplicate();
  const messages: string[] = [];
  subscriber.on('message', (_channel, message) => messages.push(message));
  await subscriber.subscribe('channel');
  for (const [ttlMs, lease] of [
    [60_000, patience],
    [500, 500],
  ] as const) {
    await client.del(keys);
    await ask('a');
    await ask('b', { ttlMs, place: 3 });
    pass(300);
    await release('a');
    const fence = await client.hget('locks', '');
    await subscriber.ping();
    expect(messages.pop()).toBe(`b 3 ${fence} ${300 + lease}`);
    pass(lease);
    expect(await inspect()).toMatchObject({ holders: ['b'], waiting: 0 });
    pass(1);
    expect(await inspect()).toMatchObject({ holders: [], waiting: 0 });
  }
  subscriber.disconnect();
});

test('a lock that is broken goes to whoever waits', async () => {
  for (const holder of ['a', '']) {
    await client.del(keys);
    await ask('a');
    await ask('b');
    expect(await run(breakLockScript, holder)).toBe(1);
    expect(await state()).toEqual({ holders: ['b'], queue: [] });
    expect(await renew('a')).toBe(0);
  }
});
