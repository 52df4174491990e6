import { openDriver } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { RedisServer } from '../services/redis-server.js';

let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await RedisServer.start({ persistence: 'always', args: ['--databases', '4'] });
});
beforeEach(async () => {
  client = server.client();
  await client.flushall();
});
afterEach(() => client.disconnect());
afterAll(() => server.kill());

async function keysIn(database: number): Promise<number> {
  await client.select(database);
  return client.dbsize();
}

test.each(['/99?namespace=x', '?database=99', '/4'])('%s, which the server has not, is refused', async (rest) => {
  await expect(openDriver(`${server.url}${rest}`)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    operation: 'open',
    message: expect.stringMatching(/^database (99|4) is not valid: expected one that the server has/),
  });
  expect(await keysIn(0)).toBe(0);
});

test('a client of the caller whose database the server has not is refused, and left open', async () => {
  const theirs = new Redis({ port: server.port, db: 99 });
  theirs.on('error', () => {});
  await expect(openRedisDriver({ client: theirs })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(await theirs.ping()).toBe('PONG');
  expect(await keysIn(0)).toBe(0);
  theirs.disconnect();
});

test('every connection uses the database that a client of the caller had selected', async () => {
  const theirs = server.client();
  await theirs.select(2);
  await using driver = await openRedisDriver({ client: theirs, minReplicas: 1, commandTimeoutMs: 500 });
  await expect(driver.write('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(await driver.read('a')).toBeDefined();
  expect(await keysIn(0)).toBe(0);
  theirs.disconnect();
});

test('a user who may not select the database is PERMISSION_DENIED', async () => {
  await client.call('acl', 'setuser', 'limited', 'on', '>pw', '~*', '&*', '+@all', '-select');
  const options = { port: server.port, username: 'limited', password: 'pw' };
  await expect(openRedisDriver({ ...options, database: 3 })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  await using driver = await openRedisDriver(options);
  await driver.write('a', Buffer.from('x'));
});

test('a server that comes back without the database gets no write until it has it again', async () => {
  await using driver = await openRedisDriver({ port: server.port, database: 3, commandTimeoutMs: 1_000 });
  await driver.write('a', Buffer.from('before'));
  await client.flushall();
  await server.restart(['--databases', '2']);
  await expect(driver.write('a', Buffer.from('lost'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(await keysIn(0)).toBe(0);
  await server.restart();
  await eventually('the database', () => driver.write('a', Buffer.from('after')));
  expect(await keysIn(0)).toBe(0);
  expect(await keysIn(3)).toBeGreaterThan(0);
});
