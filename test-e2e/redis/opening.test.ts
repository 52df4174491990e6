import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openDriver } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { FaultProxy } from '../services/fault-proxy.js';
import { RedisServer } from '../services/redis-server.js';
import { toArray } from '../support/to-array.js';
import { freshOptions } from './namespace.js';

let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await RedisServer.start({ persistence: 'always', args: ['--repl-diskless-sync-delay', '0'] });
  client = server.client();
});
afterAll(async () => {
  client.disconnect();
  await server.kill();
});

test('a URL with a database, a namespace and other options', async () => {
  const url = `${server.url}/3?namespace=other&commandTimeoutMs=2000&allowEviction=true&minReplicas=0`;
  await using driver = await openDriver(url);
  await driver.write('a', Buffer.from('x'));
  expect(await client.dbsize()).toBe(0);
  await client.select(3);
  expect(await client.hgetall('{other}:store')).toEqual({ format: '1', partitions: '16' });
  await client.select(0);
});

test('namespaces of one server do not see each other, also where one begins like the other', async () => {
  await using one = await openRedisDriver({ port: server.port, namespace: 'team' });
  await using two = await openRedisDriver({ port: server.port, namespace: 'team:1' });
  await one.write('a', Buffer.from('1'));
  await two.write('b', Buffer.from('2'));
  expect(await toArray(one.list(''))).toEqual(['a']);
  expect(await toArray(two.list(''))).toEqual(['b']);
  await using _held = await one.lock('l');
  await using _other = await two.lock('l', { waitMs: 0 });
});

test("a client with a key prefix keeps the store's keys below it", async () => {
  const prefixed = new Redis({ port: server.port, keyPrefix: 'app:' });
  const options = freshOptions(server.url);
  await using driver = await openRedisDriver({ client: prefixed, namespace: options.namespace ?? '' });
  await driver.write('a', Buffer.from('x'));
  expect(await toArray(driver.list(''))).toEqual(['a']);
  const keys = await client.keys(`*${options.namespace}*`);
  expect(keys.every((key) => key.startsWith('app:{'))).toBe(true);
  expect(keys).toHaveLength(3);
  prefixed.disconnect();
});

test('a store of a newer format is refused and left as it is', async () => {
  const { namespace } = freshOptions(server.url);
  await client.hset(`{${namespace}}:store`, { format: '2', partitions: '16' });
  await expect(openRedisDriver({ port: server.port, namespace: namespace ?? '' })).rejects.toMatchObject({
    code: 'FORMAT_UNSUPPORTED',
  });
  expect(await client.hget(`{${namespace}}:store`, 'format')).toBe('2');
});

test('a store keeps the number of partitions that it was made with', async () => {
  const { namespace = '' } = freshOptions(server.url);
  await client.hset(`{${namespace}}:store`, { format: '1', partitions: '3' });
  await using driver = await openRedisDriver({ port: server.port, namespace });
  for (let n = 0; n < 30; n++) await driver.write(`k${n}`, Buffer.from('x'));
  expect(await client.keys(`{${namespace}:*}:i`)).toHaveLength(3);
  expect((await driver.health()).facts).toMatchObject({ partitions: 3 });
});

test('a server that is no Sentinel is called that', async () => {
  const url = `redis+sentinel://127.0.0.1:${server.port}/mymaster?commandTimeoutMs=1500`;
  await expect(openDriver(url)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('a server among sentinels is no Sentinel'),
  });
});

test('a server that is no node of a Cluster is called that', async () => {
  await expect(openDriver(`redis+cluster://127.0.0.1:${server.port}?commandTimeoutMs=1500`)).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining('the server is no Cluster: use redis://'),
  });
});

test('a server that evicts is refused, unless that is allowed; health says so then', async () => {
  const evicting = await RedisServer.start({ args: ['--maxmemory-policy', 'allkeys-lru'] });
  await expect(openRedisDriver({ port: evicting.port })).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining('allkeys-lru'),
  });
  await using driver = await openRedisDriver({ port: evicting.port, allowEviction: true });
  const health = await driver.health();
  expect(health).toMatchObject({ status: 'at-risk', facts: { evictionPolicy: 'allkeys-lru' } });
  expect(health.risks.join()).toContain('evicts');
  await evicting.kill();
});

test('health tells what the server promises, and opening warns of what it does not', async () => {
  await using safe = await openRedisDriver({ port: server.port });
  expect(await safe.health()).toMatchObject({
    status: 'ok',
    facts: { masters: 1, persistence: 'append-only file, fsync always', evictionPolicy: 'noeviction' },
    risks: [],
  });
  const forgetful = await RedisServer.start();
  await using driver = await openRedisDriver({ port: forgetful.port });
  expect(await driver.health()).toMatchObject({ status: 'at-risk', facts: { persistence: 'none' } });
  // A process says each risk once: this one may have said it before.
  const script = `
    import { openRedisDriver } from '@sandkeep/persist-redis';
    const driver = await openRedisDriver({ port: ${forgetful.port} });
    await driver.close();
  `;
  const args = ['--input-type=module', '--eval', script];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
  expect(stderr).toMatch(/\[SANDKEEP_REDIS_AT_RISK\] SandkeepWarning: .*persists nothing/);
  await forgetful.kill();
});

test('minReplicas: without replicas a write is applied, and its outcome is not taken for sure', async () => {
  await using driver = await openRedisDriver({ ...freshOptions(server.url), minReplicas: 1, commandTimeoutMs: 4_000 });
  await expect(driver.write('a', Buffer.from('x'))).rejects.toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    message: expect.stringContaining('0 of 1 replicas'),
  });
  expect(await driver.read('a')).toBeDefined();
  expect((await driver.health()).risks.join()).toContain('minReplicas');
});

test('minReplicas: a write that the replica has not got is not acknowledged until it has', async () => {
  const replica = await RedisServer.start({ args: ['--replicaof', `127.0.0.1 ${server.port}`] });
  const copy = replica.client();
  const options = freshOptions(server.url, { minReplicas: 1, commandTimeoutMs: 20_000 });
  await using driver = await openRedisDriver(options);
  const version = await driver.write('a', Buffer.from('1'));
  replica.stop();
  let acknowledged = false;
  const second = driver.write('a', Buffer.from('2'), { expect: version }).then(() => {
    acknowledged = true;
  });
  expect((await driver.read('a'))?.version).not.toBe(version);
  expect(acknowledged).toBe(false);
  replica.continue();
  await second;
  const [key = ''] = await copy.keys(`{${options.namespace}:*}:d:a`);
  expect(await copy.get(key)).toMatch(/\n2$/);
  copy.disconnect();
  await replica.kill();
});

test('a call is not refused by the answer to a login that began before it', async () => {
  const proxy = await FaultProxy.start(server.port);
  const [username, password] = ['late', 'password-of-late'];
  await client.acl('SETUSER', username, 'on', `>${password}`, '~*', '&*', '+@all');
  await using driver = await openRedisDriver({ port: proxy.port, host: '127.0.0.1', username, password });
  await driver.write('a', Buffer.from('x'));
  await client.acl('LOG', 'RESET');
  await client.acl('SETUSER', username, 'off');
  proxy.delayMs = 500;
  await client.client('KILL', 'USER', username);
  await eventually('a login that is refused', async () => ((await client.acl('LOG')) as unknown[]).length > 0);
  await client.acl('SETUSER', username, 'on');
  expect((await driver.read('a'))?.data.byteLength).toBe(1);
  await proxy.close();
  await client.acl('DELUSER', username);
});
