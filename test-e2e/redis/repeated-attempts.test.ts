import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeScript } from '../../packages/persist-redis/src/scripts/remove.js';
import { writeScript } from '../../packages/persist-redis/src/scripts/write.js';
import { RedisServer } from '../services/redis-server.js';

let server: RedisServer;
let client: Redis;
let key = '';
let attempts = 0;

beforeAll(async () => {
  server = await RedisServer.start();
  client = server.client();
});
afterAll(async () => {
  client.disconnect();
  await server.kill();
});

const newKey = () => {
  key = `d${++attempts}`;
};
const attempt = () => `attempt-${String(++attempts).padStart(4, '0')}`;
const write = (id: string, expected = '', since = 0) =>
  client.eval(writeScript.source, 2, key, 'index', since, id, key, expected, 'data', '00000000');
const remove = (id: string, expected = '', since = 0) =>
  client.eval(removeScript.source, 2, key, 'index', since, id, key, expected);
const version = () => client.hget(key, 'v');

test('a repeated write answers as the first time, also when others have written since', async () => {
  newKey();
  const [first, second] = [attempt(), attempt()];
  expect(await write(first, 'absent')).toEqual(['done']);
  expect(await write(first, 'absent', 50)).toEqual(['done']);
  expect(await write(second, first)).toEqual(['done']);
  expect(await write(first, 'absent', 50)).toEqual(['done']);
  expect(await version()).toBe(second);
});

test('a repeated removal answers as the first time, also when the document was made anew', async () => {
  newKey();
  const [first, removal, second] = [attempt(), attempt(), attempt()];
  await write(first);
  expect(await remove(removal, first)).toEqual(['done']);
  expect(await remove(removal, first, 50)).toEqual(['done']);
  expect(await write(first, 'absent', 50), 'the write that was removed').toEqual(['done']);
  expect(await client.zscore('index', key)).toBeNull();
  expect(await write(second, 'absent')).toEqual(['done']);
  expect(await remove(removal, first, 50)).toEqual(['done']);
  expect(await version()).toBe(second);
  expect(await client.ttl(key), 'it no longer expires').toBe(-1);
});

test('a repeated creation that was refused stays refused, though the document is gone by then', async () => {
  newKey();
  const [first, late] = [attempt(), attempt()];
  await write(first);
  expect(await write(late, 'absent', 50)).toEqual(['conflict', first]);
  await remove(attempt());
  expect(await write(late, 'absent', 60)).toEqual(['conflict', '']);
});

test('after more changes than are remembered, an attempt that may have run is unknown', async () => {
  newKey();
  const lost = attempt();
  await write(lost);
  for (let n = 0; n < 20; n++) await write(attempt());
  const now = (await version()) ?? '';
  for (const expected of ['', 'absent', 'something00']) {
    expect(await write(lost, expected, 60_000)).toEqual(['unknown']);
    expect(await remove(lost, expected, 60_000)).toEqual(['unknown']);
  }
  expect(await version()).toBe(now);
  expect(await write(attempt(), now, 60_000), 'a version that is still there was not replaced').toEqual(['done']);
});

test('changes from before an attempt began raise no doubt', async () => {
  newKey();
  for (let n = 0; n < 20; n++) await write(attempt());
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const latest = attempt();
  expect(await write(latest, '', 1)).toEqual(['done']);
  expect(await write(attempt(), 'something00', 1)).toEqual(['conflict', latest]);
});

test('what a document remembers stays small', async () => {
  newKey();
  for (let n = 0; n < 200; n++) await write(attempt());
  expect(await client.hstrlen(key, 'h')).toBe(16 * 21);
});
