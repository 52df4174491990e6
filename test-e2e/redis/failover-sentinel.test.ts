import { isPersistError } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { RedisSentinelSet } from '../services/redis-sentinel-set.js';
import { rounds, timeFor } from '../support/rounds.js';
import { freshOptions } from './namespace.js';
import { Traffic } from './traffic.js';

const failovers = rounds(1, 20);
let set: RedisSentinelSet;

beforeAll(async () => {
  set = await RedisSentinelSet.start();
});
afterAll(() => set.close());

/** kill -9 of the master; when another has taken its place, the old one comes back as its replica. */
async function failOver(): Promise<void> {
  const master = await set.master();
  await master.kill();
  await eventually('another master', async () => (await set.master()) !== master);
  await master.restart(['--replicaof', `127.0.0.1 ${(await set.master()).port}`]);
  await set.ready();
}

test(`${failovers} failovers under load lose no write that had reached a replica`, {
  timeout: timeFor(failovers, 30_000),
}, async () => {
  const driver = await openRedisDriver(freshOptions(set.url, { minReplicas: 1 }));
  const traffic = new Traffic(driver, 8);
  for (let n = 0; n < failovers; n++) {
    await traffic.progress(50);
    await failOver();
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

const hanging = rounds(0, 3);

if (hanging > 0) {
  test(`${hanging} masters that hang are replaced, and calls go on with the next ones`, {
    timeout: timeFor(hanging, 30_000),
  }, async () => {
    const driver = await openRedisDriver(freshOptions(set.url, { commandTimeoutMs: 2_000 }));
    for (let n = 0; n < hanging; n++) {
      await driver.write('a', Buffer.from(String(n)));
      const master = await set.master();
      master.stop();
      await eventually('a write on the next master', () => driver.write('a', Buffer.from('2')));
      expect(await set.master()).not.toBe(master);
      master.continue();
      await set.ready();
    }
    await driver.close();
  });
}
