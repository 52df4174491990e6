import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { openRedisDriver, type RedisOptions, redisConfigSchema } from '../src/index.js';

test('the defaults', () => {
  expect(redisConfigSchema.parse({})).toEqual({
    namespace: 'sandkeep',
    commandTimeoutMs: 5_000,
    minReplicas: 0,
    allowEviction: false,
  });
});

test.each<[RedisOptions | Record<string, unknown>, RegExp]>([
  [{ hots: 'h' }, /hots/],
  [{ host: 'h', cluster: [{ host: 'a' }] }, /cluster: cannot go with host/],
  [{ port: 1, sentinels: [{ host: 'a' }], master: 'm' }, /port: cannot go with sentinels/],
  [{ sentinels: [{ host: 'a' }] }, /master: sentinels and master go together/],
  [{ cluster: [{ host: 'a' }], database: 1 }, /database/],
  [{ namespace: 'a{b}' }, /namespace/],
  [{ namespace: '' }, /namespace/],
  [{ commandTimeoutMs: 1 }, /commandTimeoutMs/],
  [{ minReplicas: -1 }, /minReplicas/],
  [{ certFile: 'c' }, /keyFile/],
  [{ client: {} }, /client/],
  [{ caFile: '/ca.pem' }, /caFile: .*expected tls/],
  [{ certFile: '/cert.pem', keyFile: '/key.pem', tls: false }, /certFile: .*expected tls/],
  [{ sentinelPassword: 's3cret' }, /sentinelPassword: is for sentinels only/],
  [{ host: 'h', sentinelUsername: 'u' }, /sentinelUsername: is for sentinels only/],
  [{ tls: true, caFile: '/does/not/exist' }, /caFile "\/does\/not\/exist" cannot be read/],
])('%j is INVALID_ARGUMENT that names the option', async (options, message) => {
  await expect(openRedisDriver(options as RedisOptions)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(message),
  });
});

test.each([
  { host: 'h' },
  { port: 1 },
  { password: 's3cret' },
  { database: 1 },
  { tls: true },
  { certFile: '/cert.pem', keyFile: '/key.pem' },
])('%j cannot go with a client', async (options: RedisOptions) => {
  const client = new Redis({ lazyConnect: true });
  await expect(openRedisDriver({ client, ...options })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(new RegExp(`${Object.keys(options)[0]}|client`)),
  });
  expect(client.status).toBe('wait');
});

test('a refused configuration does not show the password', async () => {
  const error = await openRedisDriver({ password: 's3cret', port: -1 }).catch((reason) => reason);
  expect(error.code).toBe('INVALID_ARGUMENT');
  expect(JSON.stringify(error) + error.message + error.stack).not.toContain('s3cret');
});

test('a server that is not there is UNAVAILABLE within the time', async () => {
  const error = await openRedisDriver({ host: '127.0.0.1', port: 1, password: 's3cret', commandTimeoutMs: 200 }).catch(
    (reason) => reason,
  );
  expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  expect(error.message).toContain('ECONNREFUSED');
});

test('a Cluster that is not there is, too, and says that it is the Cluster', async () => {
  const cluster = [{ host: '127.0.0.1', port: 1 }];
  const error = await openRedisDriver({ cluster, commandTimeoutMs: 200 }).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  expect(error.message).toMatch(/none to a node of the Cluster could be made/);
});
