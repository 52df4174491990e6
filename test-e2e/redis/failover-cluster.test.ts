import { isPersistError } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { RedisCluster } from '../services/redis-cluster.js';
import { rounds, timeFor } from '../support/rounds.js';
import { toArray } from '../support/to-array.js';
import { freshOptions } from './namespace.js';
import { Traffic } from './traffic.js';

const failovers = rounds(1, 20);
let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await RedisCluster.start();
});
afterAll(() => cluster.close());

/** kill -9 of one master; when its replica has taken its place, the old one comes back as a replica. */
async function failOver(round: number): Promise<void> {
  const masters = await cluster.masters();
  const master = masters[round % masters.length];
  if (master === undefined) throw new Error('no master');
  await master.kill();
  await eventually('another master', async () => {
    const living = cluster.servers.filter((server) => server !== master);
    return (await cluster.masters(living)).length === 3;
  });
  await master.restart();
  await cluster.ready();
}

test(`${failovers} failovers under load lose no write that had reached a replica`, {
  timeout: timeFor(failovers, 30_000),
}, async () => {
  const driver = await openRedisDriver(freshOptions(cluster.url, { minReplicas: 1 }));
  const traffic = new Traffic(driver, 12);
  for (let n = 0; n < failovers; n++) {
    await traffic.progress(50);
    await failOver(n);
    await traffic.progress(50);
  }
  const failures = await traffic.stop();
  const unexpected = failures.filter(
    (error) => !isPersistError(error) || !(error.retryable || error.code === 'OUTCOME_UNKNOWN'),
  );
  expect(unexpected).toEqual([]);
  await traffic.verify(driver);
  await driver.close();
});

test('slots that move to another node take their documents, locks and listings along', async () => {
  const driver = await openRedisDriver(freshOptions(cluster.url));
  const keys = Array.from({ length: 60 }, (_, n) => `moving/${String(n).padStart(2, '0')}`);
  for (const key of keys) await driver.write(key, Buffer.from(key));
  const lock = await driver.lock('moving', { ttlMs: 30_000 });
  await cluster.swapRoles();
  for (const key of keys) expect(Buffer.from((await driver.read(key))?.data ?? []).toString()).toBe(key);
  expect(await toArray(driver.list('moving'))).toEqual(keys);
  await expect(driver.lock('moving', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  await lock.release();
  await (await driver.lock('moving', { waitMs: 0 })).release();
  await driver.close();
});
