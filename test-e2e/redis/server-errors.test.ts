import { inspect } from 'node:util';
import { isPersistError, type PersistError } from '@sandkeep/persist-api';
import { openRedisDriver, type RedisOptions } from '@sandkeep/persist-redis';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { RedisServer, type RedisServerOptions } from '../services/redis-server.js';

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function start(options: RedisServerOptions = {}, driverOptions: RedisOptions = {}) {
  const server = await RedisServer.start(options);
  const client = server.client();
  const driver = await openRedisDriver({ port: server.port, commandTimeoutMs: 1_500, ...driverOptions });
  ended.push(
    () => server.kill(),
    async () => client.disconnect(),
    () => driver.close(),
  );
  const version = await driver.write('a', Buffer.from('before'));
  return { server, client, driver, version };
}

async function errorOf(call: Promise<unknown>): Promise<PersistError> {
  const error = await call.then(
    () => expect.fail('it resolved'),
    (reason: unknown) => reason,
  );
  if (!isPersistError(error)) throw error;
  return error;
}

const text = (data: Uint8Array | undefined) => Buffer.from(data ?? []).toString();

describe('errors that the server answers', () => {
  test('READONLY: a server that became a replica is waited for, then UNAVAILABLE', async () => {
    const { client, driver, version } = await start();
    await client.replicaof('127.0.0.1', 1);
    const error = await errorOf(driver.write('a', Buffer.from('x'), { expect: version }));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, operation: 'write', key: 'a' });
    const later = driver.write('a', Buffer.from('after'), { expect: version });
    await client.replicaof('NO', 'ONE');
    await later;
    expect(text((await driver.read('a'))?.data)).toBe('after');
  });

  test('OOM: UNAVAILABLE at once; reading and removing still work, and nothing was changed', async () => {
    const { client, driver, version } = await start();
    await client.config('SET', 'maxmemory', '1');
    expect(await errorOf(driver.write('a', Buffer.from('x')))).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(await errorOf(driver.lock('l'))).toMatchObject({ code: 'UNAVAILABLE' });
    expect((await driver.read('a'))?.version).toBe(version);
    expect(await driver.remove('a', { expect: version })).toBe(true);
    await client.config('SET', 'maxmemory', '0');
    await driver.write('a', Buffer.from('again'), { expect: 'absent' });
  });

  test('BUSY: a script of somebody else is waited for, then UNAVAILABLE', async () => {
    const { server, client, driver, version } = await start({ args: ['--busy-reply-threshold', '50'] });
    const other = server.client();
    await other.ping();
    const endless = client.eval('while true do end', 0).catch((error: Error) => error);
    await eventually('the server to be busy', () =>
      other.ping().then(
        () => false,
        (error: Error) => error.message.startsWith('BUSY'),
      ),
    );
    expect(await errorOf(driver.write('a', Buffer.from('x'), { expect: version }))).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
    await other.call('script', 'kill');
    await endless;
    other.disconnect();
    await driver.write('a', Buffer.from('after'), { expect: version });
  });

  test('LOADING: a server that is starting is waited for, then UNAVAILABLE or TIMEOUT', async () => {
    const { server, client, driver, version } = await start({ persistence: 'always' });
    const pipeline = client.pipeline();
    for (let n = 0; n < 3_000; n++) pipeline.set(`k${n}`, 'x');
    await pipeline.exec();
    await server.kill();
    const restarted = server.restart(['--key-load-delay', '1500']); // 3,000 times so many microseconds: three times what a call waits
    const error = await errorOf(driver.write('a', Buffer.from('x'), { expect: version }));
    expect(error).toMatchObject({ code: expect.stringMatching('UNAVAILABLE|TIMEOUT'), retryable: true });
    await restarted;
    const document = await eventually('the server to answer', () => driver.read('a'));
    expect(document.version).toBe(version);
  });

  test('NOREPLICAS: UNAVAILABLE, retryable, nothing changed', async () => {
    const { client, driver, version } = await start();
    await client.config('SET', 'min-replicas-to-write', '1');
    expect(await errorOf(driver.write('a', Buffer.from('x')))).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    await client.config('SET', 'min-replicas-to-write', '0');
    expect((await driver.read('a'))?.version).toBe(version);
  });

  test('a wrong password is PERMISSION_DENIED, and shows nowhere', async () => {
    const password = 'right-one-4711';
    const server = await RedisServer.start({ args: ['--requirepass', password], client: { password } });
    ended.push(() => server.kill());
    for (const given of ['wrong-one-0815', undefined]) {
      const options = { port: server.port, ...(given === undefined ? {} : { password: given }) };
      const error = await errorOf(openRedisDriver(options));
      expect(error).toMatchObject({ code: 'PERMISSION_DENIED', retryable: false });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/wrong-one|right-one/);
    }
  });

  test('a server that knows no passwords is UNSUPPORTED, and the password shows nowhere', async () => {
    const args = ['HELLO', 'AUTH'].flatMap((command) => ['--rename-command', command, '']);
    const server = await RedisServer.start({ args });
    ended.push(() => server.kill());
    for (const username of ['somebody', undefined]) {
      const options = { port: server.port, password: 'secret-4711', ...(username === undefined ? {} : { username }) };
      const error = await errorOf(openRedisDriver(options));
      expect(error).toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining("unknown command 'auth'") });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('secret-4711');
    }
  });

  test('a user without rights is PERMISSION_DENIED; CONFIG and INFO are not needed', async () => {
    const { client, server } = await start();
    await client.call('acl', 'setuser', 'limited', 'on', '>pw', '~*', '&*', '+@all', '-config', '-info');
    const options = { port: server.port, username: 'limited', password: 'pw' };
    const driver = await openRedisDriver(options);
    ended.push(() => driver.close());
    await driver.write('b', Buffer.from('x'));
    expect((await driver.health()).facts).toMatchObject({ persistence: 'unknown' });
    await client.call('acl', 'setuser', 'limited', '-@write');
    expect(await errorOf(driver.write('b', Buffer.from('x')))).toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test.each(['string', 'list'])(
    'a foreign %s under a key of the store is CORRUPT until it is replaced',
    async (type) => {
      const { client, driver, version } = await start();
      const [name = ''] = await client.keys('{sandkeep:*}:d:a');
      const putForeign = async () => {
        await client.del(name);
        if (type === 'string') await client.set(name, 'something else');
        else await client.rpush(name, 'something else');
      };
      const data = Buffer.from('x');
      await putForeign();
      const refused = { code: 'CORRUPT', key: 'a' };
      expect(await errorOf(driver.read('a'))).toMatchObject(refused);
      expect(await errorOf(driver.write('a', data, { expect: version }))).toMatchObject(refused);
      expect(await errorOf(driver.write('a', data, { expect: 'absent' }))).toMatchObject(refused);
      expect(await errorOf(driver.remove('a', { expect: version }))).toMatchObject(refused);
      expect(await driver.remove('a')).toBe(true);
      expect(await driver.read('a')).toBeUndefined();
      for (const size of [1, 10_000]) {
        await putForeign();
        const replaced = await driver.write('a', Buffer.alloc(size));
        expect((await driver.read('a'))?.version).toBe(replaced);
      }
    },
  );
});

describe('a server that hangs', () => {
  test('reads are TIMEOUT, sent changes OUTCOME_UNKNOWN; what was never sent is known to have had no effect', async () => {
    const { server, driver, version } = await start();
    server.stop();
    const started = performance.now();
    const [read, write, lock] = await Promise.all([
      errorOf(driver.read('a')),
      errorOf(driver.write('a', Buffer.from('unknown'), { expect: version })),
      errorOf(driver.lock('l')),
    ]);
    expect(read).toMatchObject({ retryable: true });
    expect(['TIMEOUT', 'UNAVAILABLE']).toContain(read.code);
    expect(write).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
    expect(['TIMEOUT', 'UNAVAILABLE']).toContain(lock.code);
    const unsent = await errorOf(driver.write('a', Buffer.from('never'), { expect: version }));
    expect(['TIMEOUT', 'UNAVAILABLE']).toContain(unsent.code);
    expect(performance.now() - started).toBeLessThan(10_000);
    server.continue();
    await eventually('the server to answer', () => driver.read('a'));
    expect(text((await driver.read('a'))?.data)).not.toBe('never');
  });

  test('an aborted call ends at once', async () => {
    const { server, driver } = await start({}, { commandTimeoutMs: 60_000 });
    server.stop();
    const reason = new Error('enough');
    const controller = new AbortController();
    const calls = [
      driver.read('a', { signal: controller.signal }),
      driver.write('a', Buffer.from('x'), { signal: controller.signal }),
      driver.list('', { signal: controller.signal })[Symbol.asyncIterator]().next(),
    ];
    setTimeout(() => controller.abort(reason), 20);
    for (const outcome of await Promise.allSettled(calls)) expect(outcome).toEqual({ status: 'rejected', reason });
    server.continue();
  });
});
