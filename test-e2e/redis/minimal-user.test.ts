import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Harness, registerConformance } from '@sandkeep/persist-conformance';
import { openRedisDriver, type RedisOptions } from '@sandkeep/persist-redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { RedisCluster } from '../services/redis-cluster.js';
import { RedisServer } from '../services/redis-server.js';

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const [, onCluster = ''] = /On a Cluster add `(.*?)`/.exec(page) ?? [];
const [, line = ''] = /^(ACL SETUSER sandkeep .*)$/m.exec(page) ?? [];

let server: RedisServer;
let admin: Redis;

beforeAll(async () => {
  server = await RedisServer.start({ persistence: 'always' });
  admin = server.client();
  await admin.call('ACL', 'SETUSER', 'default', '>password-of-the-administrator');
  admin.disconnect();
  admin = new Redis({ port: server.port, password: 'password-of-the-administrator' });
});

afterAll(async () => {
  admin.disconnect();
  await server.kill();
});

/** A user as docs/security.md makes it, for a namespace of its own. */
async function minimalUser(): Promise<RedisOptions & { readonly username: string; readonly password: string }> {
  const namespace = `of-${randomBytes(6).toString('hex')}`;
  const password = `password-of-${namespace}`;
  const [command = '', ...args] = line.replaceAll('sandkeep', namespace).replace('PASSWORD', password).split(' ');
  await admin.call(command, ...args);
  return { port: server.port, namespace, username: namespace, password };
}

const harness: Harness<Awaited<ReturnType<typeof minimalUser>>> = {
  name: 'redis, as a user with the least rights',
  create: minimalUser,
  open: (options) => openRedisDriver(options),
  openPeer: (options) => openRedisDriver(options),
  dispose: async ({ username }) => void (await admin.acl('DELUSER', username)),
  secrets: ({ password }) => [password],
};

registerConformance({ describe, it }, harness, { only: ['A', 'C', 'D', 'H', 'I', 'J', 'L'] });

it('the driver can tell what the server promises', async () => {
  await using driver = await openRedisDriver(await minimalUser());
  expect(await driver.health()).toMatchObject({
    facts: { persistence: 'append-only file, fsync always', evictionPolicy: 'noeviction' },
  });
});

it('on a Cluster with two rights more', async () => {
  const cluster = await RedisCluster.start();
  onTestFinished(() => cluster.close() as Promise<void>);
  const [command = '', ...args] = `${line.replace('PASSWORD', 'password')} ${onCluster}`.split(' ');
  for (const { port } of cluster.servers) {
    const node = new Redis({ port });
    await node.call(command, ...args);
    node.disconnect();
  }
  await using driver = await openRedisDriver({
    cluster: cluster.servers.map(({ port }) => ({ host: '127.0.0.1', port })),
    username: 'sandkeep',
    password: 'password',
  });
  const keys = Array.from({ length: 20 }, (_, index) => `key-${100 + index}`);
  await Promise.all(keys.map((key) => driver.write(key, Buffer.from(key))));
  const listed = [];
  for await (const key of driver.list('')) listed.push(key);
  expect(listed).toEqual(keys);
  await using _lock = await driver.lock('a', { waitMs: 0 });
  expect(await driver.health()).toMatchObject({ facts: { masters: cluster.servers.length / 2 } });
});

it('and nothing else on that server', async () => {
  const { username, password } = await minimalUser();
  const { namespace } = await minimalUser();
  await using other = await openRedisDriver({
    port: server.port,
    password: 'password-of-the-administrator',
    namespace,
  });
  await other.write('a', Buffer.from('1'));
  const client = new Redis({ port: server.port, username, password });
  const commands = [
    ['flushall'],
    ['flushdb'],
    ['keys', '*'],
    ['config', 'set', 'maxmemory', '1'],
    ['acl', 'list'],
    ['shutdown', 'nosave'],
    ['get', `{${namespace}}:store`],
    ['eval', 'return redis.call("DEL", KEYS[1])', '1', `{${namespace}}:store`],
    ['set', 'mine', '1'],
    ['publish', `{${namespace}:1}`, 'x'],
  ] as const;
  try {
    for (const [command, ...args] of commands) {
      await expect(client.call(command, ...args), command).rejects.toThrow(/NOPERM|No permission/i);
    }
  } finally {
    client.disconnect();
  }
});
