import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lock, PersistDriver } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { FaultProxy } from '../services/fault-proxy.js';
import { RedisServer } from '../services/redis-server.js';
import { toArray } from '../support/to-array.js';

let server: RedisServer;
let client: Redis;
let one: PersistDriver;
let two: PersistDriver;

beforeAll(async () => {
  server = await RedisServer.start();
  client = server.client();
  one = await openRedisDriver({ port: server.port });
  two = await openRedisDriver({ port: server.port });
});
afterAll(async () => {
  await one.close();
  await two.close();
  client.disconnect();
  await server.kill();
});

/** The key of the locks among which this one is held. */
async function locksWith(name: string): Promise<string> {
  for (const key of await client.keys('*:l')) if ((await client.hexists(key, name)) === 1) return key;
  throw new Error(`nobody holds ${name}`);
}

/** In how many milliseconds the lease of the first holder ends. */
async function leaseOf(name: string): Promise<number> {
  const till = (await client.hget(await locksWith(name), name))?.split(' ')[2];
  return Number(till) - Date.now();
}

/** Waits until somebody waits for the lock and would hear of its turn; gives its id, and the channel. */
async function waiterOf(name: string): Promise<[id: string, channel: string]> {
  let found: [string, string] = ['', ''];
  await eventually('it to wait', async () => {
    const [waiters] = Object.entries(await client.hgetall((await client.keys(`*:w:${name}`))[0] ?? ''));
    found = [waiters?.[0] ?? '', waiters?.[1].split('\n')[1] ?? ''];
    return Number(((await client.pubsub('NUMSUB', found[1])) as unknown[])[1]) === 1;
  });
  return found;
}

/** The ids of the connections that have subscribed to something. */
async function subscribers(): Promise<(string | undefined)[]> {
  const list = String(await client.call('CLIENT', 'LIST', 'TYPE', 'pubsub'));
  return [...list.matchAll(/^id=(\d+)/gm)].map(([, id]) => id);
}

const waiting = async (name: string) => (await toArray(one.inspectLocks())).find((lock) => lock.name === name)?.waiting;

test('a waiting writer goes before readers that come later, and those follow it together', async () => {
  const order: string[] = [];
  const take = async (driver: PersistDriver, who: string, mode: 'shared' | 'exclusive') => {
    const lock = await driver.lock('order', { mode });
    order.push(who);
    return lock;
  };
  const first = await take(one, 'reader 1', 'shared');
  const writer = take(two, 'writer', 'exclusive');
  await eventually('the writer to wait', async () => (await waiting('order')) === 1);
  const readers = [take(one, 'reader 2', 'shared'), take(two, 'reader 3', 'shared')];
  await eventually('the readers to wait', async () => (await waiting('order')) === 3);
  await expect(one.lock('order', { mode: 'shared', waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  await first.release();
  const held = await writer;
  expect(order).toEqual(['reader 1', 'writer']);
  await held.release();
  for (const lock of await Promise.all(readers)) await lock.release();
  expect(order).toHaveLength(4);
  expect(await toArray(one.inspectLocks())).toEqual([]);
});

test('a waiter that gives up lets those behind it go on', async () => {
  const reader = await one.lock('giving-up', { mode: 'shared' });
  const writer = two.lock('giving-up', { waitMs: 60_000 }).catch((error) => error);
  await reader.release();
  await (await writer).release();

  const shared = await one.lock('queue', { mode: 'shared' });
  const controller = new AbortController();
  const exclusive = two.lock('queue', { signal: controller.signal }).catch((error) => error);
  await eventually('the writer to wait', async () => (await waiting('queue')) === 1);
  const second = one.lock('queue', { mode: 'shared' });
  await eventually('the reader to wait', async () => (await waiting('queue')) === 2);
  controller.abort(new Error('enough'));
  expect(await exclusive).toMatchObject({ message: 'enough' });
  expect(await toArray(one.inspectLocks())).toMatchObject([{ name: 'queue', waiting: 0, holders: [{}, {}] }]);
  await (await second).release();
  await shared.release();
});

test('waiting takes few commands, and a release is noticed at once', async () => {
  const held = await one.lock('quiet');
  await client.config('RESETSTAT');
  const waiter = two.lock('quiet');
  await delay(1_500);
  const scripts = /cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1];
  expect(Number(scripts)).toBeLessThan(10);
  let granted: Lock | undefined;
  const proof = waiter.then((lock) => {
    granted = lock;
  });
  await held.release();
  await proof;
  expect(granted?.fence).toBeGreaterThan(held.fence);
  await granted?.release();
});

test('a release hands the lock over, and who hears of it takes it with one command', async () => {
  const held = await one.lock('handed');
  const next = two.lock('handed', { ttlMs: 60_000 });
  await waiterOf('handed');
  await client.config('RESETSTAT');
  await held.release();
  const lock = await next;
  await eventually('the lease to be whole', async () => (await leaseOf('handed')) > 50_000);
  // the release and the renewal; the waiter may have asked again in between by itself
  const scripts = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1]);
  expect(scripts).toBeLessThanOrEqual(3);
  const [status] = await toArray(one.inspectLocks());
  expect(status).toMatchObject({ name: 'handed', fence: lock.fence, waiting: 0, holders: [lock.holder] });
  await lock.release();
  expect(await toArray(one.inspectLocks())).toEqual([]);
});

test('who cannot be reached any more is handed the lock for two seconds at most', async () => {
  const proxy = await FaultProxy.start(server.port);
  const cutOff = await openRedisDriver({ port: proxy.port, commandTimeoutMs: 2_000 });
  const held = await one.lock('dying');
  const dying = cutOff.lock('dying', { ttlMs: 60_000, waitMs: 60_000 }).catch((error) => error);
  await waiterOf('dying');
  proxy.refusing = true;
  proxy.cut();
  await held.release();
  expect(await toArray(two.inspectLocks())).toMatchObject([
    { name: 'dying', waiting: 0, holders: [{ pid: process.pid }] },
  ]);
  expect(await leaseOf('dying')).toBeLessThanOrEqual(2_100);
  const lock = await two.lock('dying');
  expect(lock.fence).toBeGreaterThan(held.fence);
  expect(await dying).toMatchObject({ retryable: true });
  await lock.release();
  await cutOff.close();
  await proxy.close();
});

test('a waiter with a short lease, who hears no messages, is served in its turn all the same', async () => {
  await client.call('ACL', 'SETUSER', 'deaf', 'on', '>deaf', '~*', '+@all', '-@pubsub');
  await using deaf = await openRedisDriver({ port: server.port, username: 'deaf', password: 'deaf' });
  const order: string[] = [];
  const take = async (who: string, ttlMs: number) => {
    await using _lock = await deaf.lock('deaf', { ttlMs });
    order.push(who);
  };
  const rounds = Array.from({ length: 10 }, (_, round) => round);
  for (const round of rounds) {
    const held = await one.lock('deaf', { ttlMs: 60_000 });
    const first = take(`first of round ${round}`, 400);
    await eventually('the first to wait', async () => (await waiting('deaf')) === 1);
    const second = take(`second of round ${round}`, 60_000);
    await eventually('the second to wait', async () => (await waiting('deaf')) === 2);
    await held.release();
    await Promise.all([first, second]);
  }
  expect(order).toEqual(rounds.flatMap((round) => [`first of round ${round}`, `second of round ${round}`]));
});

test.each([
  ['a prefix', { keyPrefix: 'their own:' }],
  ['no queue while it is offline', { enableOfflineQueue: false }],
  ['no subscribing again', { autoResubscribe: false, autoResendUnfulfilledCommands: false }],
])('who waits through a client with %s hears of its turn, also after a lost connection', async (_, options) => {
  const given = new Redis({ port: server.port, ...options });
  await once(given, 'ready');
  await using driver = await openRedisDriver({ client: given });
  const first = await driver.lock('given');
  const second = driver.lock('given');
  await waiterOf('given');
  const before = await subscribers();
  await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await eventually('the end of the connection', async () => {
    const now = await subscribers();
    return before.every((subscriber) => !now.includes(subscriber));
  });
  await waiterOf('given');
  await first.release();
  await (await second).release();
  given.disconnect();
});

test('a message about an earlier call grants nothing', async () => {
  const held = await one.lock('stale');
  let granted = false;
  const next = two.lock('stale').finally(() => {
    granted = true;
  });
  const [id, channel] = await waiterOf('stale');
  for (const ask of ['0', '1000000']) expect(await client.publish(channel, `${id} ${ask} 12 60000`)).toBe(1);
  await delay(100);
  expect(granted).toBe(false);
  await held.release();
  await (await next).release();
});

test('a lease may be a fraction of a millisecond longer than a whole number of them', async () => {
  await using _shared = await one.lock('fraction', { mode: 'shared', ttlMs: 60_000.5 });
  await using _other = await two.lock('fraction', { mode: 'shared', ttlMs: 60_000.5 });
  expect(await toArray(one.inspectLocks())).toMatchObject([{ name: 'fraction', holders: [{}, {}] }]);
});

test('50 waiters in a row are all served, one at a time', async () => {
  let inside = 0;
  let most = 0;
  const fences: number[] = [];
  await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      await using lock = await (n % 2 === 0 ? one : two).lock('row', { waitMs: 30_000 });
      inside += 1;
      most = Math.max(most, inside);
      fences.push(lock.fence);
      await delay(1);
      inside -= 1;
    }),
  );
  expect(most).toBe(1);
  expect(new Set(fences).size).toBe(50);
  expect(fences).toEqual([...fences].sort((a, b) => a - b));
});

test('a lock that was broken is lost, and its holder harms nobody', async () => {
  const held = await one.lock('broken', { ttlMs: 300, info: 'stuck' });
  expect(await two.breakLock('broken', { holder: 'another' })).toBe(false);
  expect(await two.breakLock('broken', { holder: held.holder.id })).toBe(true);
  const next = await two.lock('broken', { waitMs: 0 });
  await eventually('the loss to be noticed', () => held.signal.aborted);
  expect(held.signal.reason).toMatchObject({ code: 'LOCK_LOST', key: 'broken' });
  await held.release();
  await expect(one.lock('broken', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  await next.release();
});

test('a lease that cannot be renewed is lost by its end, without an error from a timer', async () => {
  const proxy = await FaultProxy.start(server.port);
  const driver = await openRedisDriver({ port: proxy.port, commandTimeoutMs: 2_000 });
  const held = await driver.lock('cut-off', { ttlMs: 400 });
  proxy.refusing = true;
  proxy.cut();
  const next = await one.lock('cut-off');
  expect(held.signal.aborted).toBe(true);
  expect(held.signal.reason).toMatchObject({ code: 'LOCK_LOST' });
  await held.release();
  await next.release();
  await driver.close();
  await proxy.close();
});

test.each([0, 60_000])('a grant whose answer takes longer than its lease is none, with waitMs %i', async (waitMs) => {
  const proxy = await FaultProxy.start(server.port);
  const driver = await openRedisDriver({ port: proxy.port, commandTimeoutMs: 20_000 });
  proxy.delayMs = 3_000;
  const late = driver.lock('late', { ttlMs: 200, waitMs }).catch((error) => error);
  await eventually('the grant', () => locksWith('late'));
  const next = await one.lock('late');
  proxy.delayMs = 0;
  let settled = false;
  void late.finally(() => {
    settled = true;
  });
  if (waitMs === 0) {
    expect(await late).toMatchObject({ code: 'TIMEOUT', retryable: true });
  } else {
    await eventually('it to wait', async () => (await waiting('late')) === 1);
    expect(settled).toBe(false);
  }
  await next.release();
  if (waitMs > 0) expect((await late).fence).toBeGreaterThan(next.fence);
  await driver.close();
  await proxy.close();
});

test('a renewal whose answer gets lost keeps the lease', async () => {
  const proxy = await FaultProxy.start(server.port);
  const driver = await openRedisDriver({ port: proxy.port });
  const held = await driver.lock('kept', { ttlMs: 1_500 });
  let lost = 0;
  proxy.loseAnswer = () => lost++ === 0;
  await eventually('an answer to get lost', () => lost > 1);
  await delay(1_600);
  expect(held.signal.aborted).toBe(false);
  await expect(one.lock('kept', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  await driver.close();
  await proxy.close();
});

test('a record that cannot be read is CORRUPT, is shown, and can be broken', async () => {
  await (await one.lock('rotten')).release();
  const held = await one.lock('rotten');
  const key = await locksWith('rotten');
  const record = (await client.hget(key, 'rotten')) ?? '';
  for (const rubbish of ['not a record', '[]', record.slice(0, -1), record.replace('exclusive', 'all')]) {
    await client.hset(key, 'rotten', rubbish);
    await expect(two.lock('rotten', { waitMs: 0 })).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await toArray(two.inspectLocks())).toMatchObject([{ name: 'rotten', error: { code: 'CORRUPT' } }]);
  }
  expect(await two.breakLock('rotten')).toBe(true);
  const next = await two.lock('rotten', { waitMs: 0 });
  expect(next.fence).toBeGreaterThan(held.fence);
  await next.release();
  await held.release();
});
