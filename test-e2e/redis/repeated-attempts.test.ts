import { decodeDocument, encodeHeader } from '@sandkeep/persist-api';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { damaged } from '../../packages/persist-redis/src/scripts/history.js';
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
const keys = () => [key, `${key}:history`, 'index'];
const encode = (id: string) => Buffer.concat([encodeHeader(id, Buffer.from('data')), Buffer.from('data')]);
const write = (id: string, expected = '', since = 0) =>
  client.eval(writeScript.source, 3, ...keys(), since, id, key, expected, encode(id));
const writeStaged = (id: string, expected = '') =>
  client.eval(writeScript.source, 4, ...keys(), `staged:${id}`, 0, id, key, expected);
const remove = (id: string, expected = '', since = 0) =>
  client.eval(removeScript.source, 3, ...keys(), since, id, key, expected);
const version = async () => {
  const stored = await client.getBuffer(key);
  return stored === null ? undefined : decodeDocument(stored).version;
};

test('a repeated write answers as the first time, also when others have written since', async () => {
  newKey();
  const [first, second] = [attempt(), attempt()];
  expect(await write(first, 'absent')).toBe('done');
  expect(await write(first, 'absent', 50)).toBe('done');
  expect(await write(second, first)).toBe('done');
  expect(await write(first, 'absent', 50)).toBe('done');
  expect(await version()).toBe(second);
});

test('a repeated removal answers as the first time, also when the document was made anew', async () => {
  newKey();
  const [first, removal, second] = [attempt(), attempt(), attempt()];
  await write(first);
  expect(await remove(removal, first)).toBe('done');
  expect(await remove(removal, first, 50)).toBe('done');
  expect(await write(first, 'absent', 50), 'the write that was removed').toBe('done');
  expect(await client.zscore('index', key)).toBeNull();
  expect(await write(second, 'absent')).toBe('done');
  expect(await remove(removal, first, 50)).toBe('done');
  expect(await version()).toBe(second);
  expect(await client.ttl(key), 'it no longer expires').toBe(-1);
});

test('a repeated creation that was refused stays refused, though the document is gone by then', async () => {
  newKey();
  const [first, late] = [attempt(), attempt()];
  await write(first);
  expect(await write(late, 'absent', 50)).toBe(`conflict ${first}`);
  await remove(attempt());
  expect(await write(late, 'absent', 60)).toBe('conflict ');
});

test('after more changes than are remembered, an attempt that may have run is unknown', async () => {
  newKey();
  const lost = attempt();
  await write(lost);
  for (let n = 0; n < 40; n++) await write(attempt());
  const now = (await version()) ?? '';
  for (const expected of ['', 'absent', 'something00']) {
    expect(await write(lost, expected, 60_000)).toBe('unknown');
    expect(await remove(lost, expected, 60_000)).toBe('unknown');
  }
  expect(await version()).toBe(now);
  expect(await write(attempt(), now, 60_000), 'a version that is still there was not replaced').toBe('done');
});

test('an attempt that up to 15 others have followed is remembered, however many came before it', async () => {
  for (let before = 0; before < 50; before++) {
    newKey();
    for (let n = 0; n < before; n++) await write(attempt());
    const lost = attempt();
    await write(lost);
    for (let n = 0; n < 15; n++) await write(attempt());
    expect(await write(lost, '', 60_000), `after ${before}`).toBe('done');
  }
});

test('changes from before an attempt began raise no doubt', async () => {
  newKey();
  for (let n = 0; n < 40; n++) await write(attempt());
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const latest = attempt();
  expect(await write(latest, '', 1)).toBe('done');
  expect(await write(attempt(), 'something00', 1)).toBe(`conflict ${latest}`);
});

test('what a document remembers stays small', async () => {
  newKey();
  for (let n = 0; n < 200; n++) {
    await write(attempt());
    expect(await client.strlen(`${key}:history`)).toBeLessThanOrEqual(34 * 13);
  }
  expect(await client.pttl(`${key}:history`), 'it is forgotten').toBeGreaterThan(60_000);
});

test('a staged document is moved into place, and does not expire there', async () => {
  newKey();
  const [first, second] = [attempt(), attempt()];
  for (const [id, expected] of [
    [first, 'absent'],
    [second, first],
  ] as const) {
    await client.set(`staged:${id}`, encode(id), 'PX', 60_000);
    expect(await writeStaged(id, expected)).toBe('done');
    expect(await version()).toBe(id);
    expect(await client.ttl(key)).toBe(-1);
    expect(await client.exists(`staged:${id}`)).toBe(0);
  }
  expect(await client.zscore('index', key)).toBe('0');
});

test('a staged document that is refused leaves nothing behind', async () => {
  newKey();
  const [first, late] = [attempt(), attempt()];
  await write(first);
  await client.set(`staged:${late}`, encode(late), 'PX', 60_000);
  expect(await writeStaged(late, 'absent')).toBe(`conflict ${first}`);
  expect(await client.exists(`staged:${late}`)).toBe(0);
  expect(await version()).toBe(first);
});

test('a staged document that is not there changes nothing', async () => {
  newKey();
  expect(await writeStaged(attempt())).toBe('unstaged');
  expect(await client.exists(...keys())).toBe(await client.exists('index'));
  const first = attempt();
  await write(first);
  expect(await writeStaged(attempt(), first)).toBe('unstaged');
  expect(await version()).toBe(first);
  expect(await client.exists(`${key}:history`)).toBe(0);
});

test('a document that is damaged at its start can be replaced and removed, but no condition holds for it', async () => {
  newKey();
  for (const bytes of ['', '{"sandkeep":1,"version":"short"', 'something else that is long enough to be a header']) {
    await client.set(key, bytes);
    expect(await write(attempt(), 'absent')).toBe(`conflict ${damaged}`);
    expect(await remove(attempt(), 'something00')).toBe(`conflict ${damaged}`);
    const next = attempt();
    expect(await write(next)).toBe('done');
    expect(await version()).toBe(next);
    await client.set(key, bytes);
    expect(await remove(attempt())).toBe('done');
    expect(await version()).toBeUndefined();
  }
});
