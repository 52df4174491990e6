import { openDriver, SandboxStore } from '@sandkeep/persist-api';
import type { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { toArray } from '../support/to-array.js';
import { command, s3Url } from './command.js';

const redis = await RedisServer.start();
const client = redis.client();
afterAll(async () => {
  client.disconnect();
  await redis.kill();
});

const ready = { sandbox: { state: 'ready' as const }, containers: new Map() };
const rows = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/, 3));

/** The name of the one key of the server that ends so. */
async function keyOf(client: Redis, end: string): Promise<string> {
  const names = await client.keys(`*${end}`);
  expect(names).toHaveLength(1);
  return `${names[0]}`;
}

test('redis: where the index disagrees with the documents, and how it is mended', async () => {
  await client.flushall();
  await using driver = await openDriver(redis.url);
  const store = new SandboxStore(driver);
  for (const id of ['a', 'gone', 'unlisted']) await store.save(id, ready);
  const unlisted = await keyOf(client, ':d:default/sandboxes/unlisted');
  await client.zrem(`${unlisted.slice(0, unlisted.indexOf('}') + 1)}:i`, 'default/sandboxes/unlisted');
  await client.del(await keyOf(client, ':d:default/sandboxes/gone'));
  expect(await toArray(store.list())).toEqual(['a', 'gone']);
  const found = await command('check', '--url', redis.url);
  expect(rows(found.stdout)).toEqual([
    ['dangling-key', 'default/sandboxes/gone', '--repair mends it'],
    ['unlisted-key', 'default/sandboxes/unlisted', '--repair mends it'],
  ]);
  expect(found.code).toBe(1);
  const repair = await command('check', '--repair', '--url', redis.url);
  expect(rows(repair.stdout).map(([kind, , outcome]) => [kind, outcome])).toEqual([
    ['dangling-key', 'mended'],
    ['unlisted-key', 'mended'],
  ]);
  expect(repair).toMatchObject({ code: 0, stderr: '2 documents were read\n' });
  expect(await command('check', '--url', redis.url)).toMatchObject({ code: 0, stdout: '' });
  expect(await toArray(store.list())).toEqual(['a', 'unlisted']);
});

test.each(['hset', 'lpush'] as const)(
  'redis: what show and check advise for a foreign value (%s) is true',
  async (make) => {
    await client.flushall();
    await using driver = await openDriver(redis.url);
    const store = new SandboxStore(driver);
    await store.save('web', ready);
    const name = await keyOf(client, ':d:default/sandboxes/web');
    await client.del(name);
    await client.call(make, name, ...(make === 'hset' ? ['field', 'value'] : ['value']));
    const [shown, { code, stdout }] = await Promise.all([
      command('show', 'web', '--url', redis.url),
      command('check', '--repair', '--url', redis.url),
    ]);
    expect(shown.stderr).toMatch(
      /^sandkeep: a key of this store holds something else.*\n.*"sandkeep rm web" removes it/,
    );
    expect({ code, rows: rows(stdout) }).toEqual({ code: 1, rows: [['damaged', 'default/sandboxes/web', 'left']] });
    expect(await client.exists(name)).toBe(1);
    expect(await command('rm', 'web', '--url', redis.url)).toMatchObject({ code: 0, stdout: 'removed web\n' });
    expect(await client.exists(name)).toBe(0);
    expect(await store.find('web')).toBeUndefined();
    expect(await command('check', '--url', redis.url)).toMatchObject({ code: 0, stdout: '' });
    await store.save('web', ready);
  },
);

test.each([
  ['nothing of ours', 'x'],
  ['an empty holder', '\n'],
  ['a holder of an unknown mode', 'a both 9000000000000 12 {}\n'],
  ['an end that is no time', 'a exclusive x 12 {}\n'],
  ['a half line', 'a exclusive 9000000000000 12 {}'],
  ['nobody in particular', 'a exclusive 9000000000000 12 {}\n'],
  ['a name that is no JSON', 'a exclusive 9000000000000 12 x\n'],
])('redis: a lock with %s is told, hides no other, and can be freed', async (_, record) => {
  await client.flushall();
  await using driver = await openDriver(redis.url);
  await using _other = await driver.lock('z', { ttlMs: 60_000 });
  await driver.lock('a', { ttlMs: 60_000 });
  for (const locks of await client.keys('*:l')) {
    if (await client.hexists(locks, 'a')) await client.hset(locks, 'a', record);
  }
  expect(await toArray(driver.inspectLocks())).toMatchObject([
    { name: 'a', error: { code: 'CORRUPT' } },
    { name: 'z', holders: [{ mode: 'exclusive' }] },
  ]);
  await expect(driver.lock('a', { waitMs: 0 })).rejects.toMatchObject({ code: 'CORRUPT' });
  expect(await driver.breakLock('a')).toBe(true);
  await using _lock = await driver.lock('a', { waitMs: 0 });
});

test.each([{ conditionalDelete: true }, { conditionalDelete: false }])(
  's3: what nobody has swept is found and deleted, with %j',
  async (traits) => {
    const server = await ScriptedS3Server.start(traits);
    const url = s3Url(server, server.bucket, 'p');
    const driver = await openDriver(url);
    for (const key of ['kept', 'gone', 'late']) await driver.write(key, Buffer.from(key));
    await driver.remove('gone');
    const body = Buffer.from('probe x\n');
    const object = { body, etag: '"e"', modified: server.model.now(), headers: {} };
    server.model.objects.set('p/.sandkeep/probe/abandoned', object);
    expect(await command('check', '--url', url)).toMatchObject({ code: 0, stdout: '' });
    server.model.clockOffsetMs = 26 * 60 * 60 * 1000;
    await driver.remove('late');
    await driver.close();
    const found = await command('check', '--url', url);
    const tombstones = traits.conditionalDelete ? [] : [['tombstone', 'p/gone']];
    const all = [['left-over', 'p/.sandkeep/probe/abandoned'], ...tombstones];
    expect(rows(found.stdout)).toEqual(all.map((row) => [...row, '--repair mends it']));
    const repair = await command('check', '--repair', '--url', url);
    expect(rows(repair.stdout).map(([kind, , outcome]) => [kind, outcome])).toContainEqual(['left-over', 'mended']);
    expect(repair.code).toBe(0);
    const left = [...server.model.objects.keys()].filter((key) => !key.includes('/.sandkeep/locks/'));
    expect(left.sort()).toEqual(traits.conditionalDelete ? ['p/kept'] : ['p/kept', 'p/late']);
    await server.close();
  },
);
