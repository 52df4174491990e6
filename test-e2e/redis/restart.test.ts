import { setTimeout as delay } from 'node:timers/promises';
import { isPersistError } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { expect, test } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { rounds, timeFor } from '../support/rounds.js';
import { Traffic } from './traffic.js';

const kills = rounds(3, 30);

test(`${kills} × kill -9 of a server that flushes always: every acknowledged write is there`, {
  timeout: timeFor(kills, 4_000),
}, async () => {
  const server = await RedisServer.start({ persistence: 'always' });
  const driver = await openRedisDriver({ port: server.port });
  const traffic = new Traffic(driver, 16);
  for (let n = 0; n < kills; n++) {
    await traffic.progress(100);
    await delay(Math.random() * 30);
    await server.kill();
    await delay(Math.random() * 200);
    await server.restart();
  }
  await traffic.progress(100);
  const failures = await traffic.stop();
  expect(failures.filter((error) => !isPersistError(error) || !error.retryable)).toEqual([]);
  await traffic.verify(driver);
  await driver.close();
  await server.kill();
});

test('while the server is away, each call ends within its time, and those after that go on', async () => {
  const server = await RedisServer.start({ persistence: 'always' });
  const driver = await openRedisDriver({ port: server.port, commandTimeoutMs: 700 });
  const version = await driver.write('a', Buffer.from('1'));
  await server.kill();
  const started = performance.now();
  const outcomes = await Promise.allSettled([
    driver.read('a'),
    driver.write('a', Buffer.from('2')),
    driver.remove('a'),
    driver.list('')[Symbol.asyncIterator]().next(),
    driver.lock('a'),
  ]);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retryable: true } });
  }
  expect(performance.now() - started).toBeLessThan(5_000);
  expect((await driver.health()).status).toBe('unavailable');
  await server.restart();
  expect((await driver.read('a'))?.version).toBe(version);
  await driver.close();
  await server.kill();
});
