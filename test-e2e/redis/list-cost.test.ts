import { openRedisDriver } from '@sandkeep/persist-redis';
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { rounds } from '../support/rounds.js';
import { toArray } from '../support/to-array.js';
import { freshOptions } from './namespace.js';

const foreign = rounds(100_000, 1_000_000);

/** What the server did for `run`: how often each command ran, and how many index entries it looked at at most. */
async function commandsOf(client: Redis, run: () => Promise<unknown>): Promise<Record<string, number>> {
  await client.config('RESETSTAT');
  await run();
  const stats = await client.info('commandstats');
  const calls = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, count]) => [name, Number(count)]);
  const { info: _, 'config|resetstat': __, ...rest } = Object.fromEntries(calls);
  return rest;
}

test(`listing 100 sandboxes costs the same beside ${foreign} foreign keys as alone`, async () => {
  const server = await RedisServer.start({ args: ['--enable-debug-command', 'yes'] });
  const client = server.client();
  const driver = await openRedisDriver(freshOptions(server.url));
  const neighbour = await openRedisDriver(freshOptions(server.url));
  const keys = Array.from({ length: 100 }, (_, n) => `sandboxes/${String(n).padStart(3, '0')}`);
  for (const key of keys) await driver.write(key, Buffer.from('x'));
  const list = async () => expect(await toArray(driver.list('sandboxes'))).toEqual(keys);
  const alone = await commandsOf(client, list);
  expect(alone).toEqual({ zrangebylex: 16 });

  await client.call('debug', 'populate', foreign, 'foreign', 10);
  await Promise.all(Array.from({ length: 5_000 }, (_, n) => neighbour.write(`sandboxes/n${n}`, Buffer.from('x'))));
  await Promise.all(Array.from({ length: 5_000 }, (_, n) => driver.write(`others/n${n}`, Buffer.from('x'))));
  expect(await commandsOf(client, list)).toEqual(alone);

  client.disconnect();
  await driver.close();
  await neighbour.close();
  await server.kill();
});
