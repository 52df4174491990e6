import type { PersistDriver } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FaultProxy } from '../services/fault-proxy.js';
import { RedisServer } from '../services/redis-server.js';

/** Large documents are staged. */
const sizes = [2_000, 20_000, 200_000];
const bytes = Buffer.alloc(2_000, 'x');
let server: RedisServer;
let proxy: FaultProxy;
let driver: PersistDriver;

beforeAll(async () => {
  server = await RedisServer.start({ args: ['--repl-diskless-sync-delay', '0'] });
  proxy = await FaultProxy.start(server.port);
  driver = await openRedisDriver({ port: proxy.port });
});
afterAll(async () => {
  await driver.close();
  await proxy.close();
  await server.kill();
});

async function roundTripsOf(run: () => Promise<unknown>): Promise<number> {
  const before = proxy.roundTrips;
  await run();
  return proxy.roundTrips - before;
}

test.each(sizes)('every operation on %d bytes takes one round trip, also the first with its script', async (size) => {
  const bytes = Buffer.alloc(size, 'x');
  let version = '';
  expect(await roundTripsOf(() => driver.write('a', bytes)), 'write').toBe(1);
  expect(await roundTripsOf(async () => (version = (await driver.read('a'))?.version ?? '')), 'read').toBe(1);
  expect(
    await roundTripsOf(async () => (version = await driver.write('a', bytes, { expect: version }))),
    'write if',
  ).toBe(1);
  expect(await roundTripsOf(() => driver.remove('a', { expect: version })), 'remove').toBe(1);
  expect(await roundTripsOf(() => driver.read('a')), 'read of nothing').toBe(1);
  const lock = await driver.lock('warm-up');
  await lock.release();
  let held = lock;
  expect(await roundTripsOf(async () => (held = await driver.lock('a'))), 'uncontended lock').toBe(1);
  expect(await roundTripsOf(() => held.release()), 'release').toBe(1);
});

test('a listing of few keys takes one round trip', async () => {
  for (let n = 0; n < 50; n++) await driver.write(`list/${n}`, bytes);
  const count = await roundTripsOf(async () => {
    for await (const key of driver.list('list')) expect(key).toMatch(/^list\//);
  });
  expect(count).toBe(1);
});

test('a write that waits for replicas takes no further round trip', async () => {
  const replica = await RedisServer.start({ args: ['--replicaof', `127.0.0.1 ${server.port}`] });
  const replicated = await openRedisDriver({ port: proxy.port, minReplicas: 1 });
  await replicated.write('r', bytes);
  expect(await roundTripsOf(() => replicated.write('r', bytes))).toBe(1);
  await replicated.close();
  await replica.kill();
});
