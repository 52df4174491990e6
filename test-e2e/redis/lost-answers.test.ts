import { isPersistError, type PersistDriver } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FaultProxy } from '../services/fault-proxy.js';
import { RedisServer } from '../services/redis-server.js';
import { rounds, timeFor } from '../support/rounds.js';

const count = rounds(60, 1_000);
let server: RedisServer;
let proxy: FaultProxy;
let direct: PersistDriver;
let lossy: PersistDriver;

beforeAll(async () => {
  server = await RedisServer.start();
  proxy = await FaultProxy.start(server.port);
  direct = await openRedisDriver({ port: server.port });
  lossy = await openRedisDriver({ port: proxy.port });
});
afterAll(async () => {
  await lossy.close();
  await direct.close();
  await proxy.close();
  await server.kill();
});

/** Of every other document the bytes are many: those are staged. */
function documentOf(n: number): Uint8Array {
  return new Uint8Array(Buffer.from(String(n).padStart(n % 2 === 0 ? 1 : 20_000)));
}

/** Loses every n-th answer that is no part of a handshake's. */
function loseEvery(n: number): () => number {
  let answers = 0;
  let lost = 0;
  proxy.loseAnswer = () => {
    answers += 1;
    if (answers % n !== 0) return false;
    lost += 1;
    return true;
  };
  return () => lost;
}

test(`${count} conditional writes whose answers get lost after they ran: every outcome is right`, {
  timeout: timeFor(count, 100),
}, async () => {
  let version = await direct.write('chain', Buffer.from('0'));
  const lost = loseEvery(5);
  for (let n = 1; n <= count; n++) {
    const stale = version;
    version = await lossy.write('chain', documentOf(n), { expect: stale });
    expect(await direct.read('chain')).toEqual({ version, data: documentOf(n) });
    if (n % 3 === 0) {
      const refused = await lossy.write('chain', documentOf(n), { expect: stale }).catch((error) => error);
      expect(isPersistError(refused, 'CONFLICT') && refused.currentVersion).toBe(version);
    }
  }
  expect(lost()).toBeGreaterThan(count / 10);
});

test(`creations and removals whose answers get lost tell the truth`, { timeout: timeFor(count, 100) }, async () => {
  const lost = loseEvery(4);
  for (let n = 0; n < count / 3; n++) {
    const version = await lossy.write('made', documentOf(n), { expect: 'absent' });
    const again = await lossy.write('made', documentOf(n), { expect: 'absent' }).catch((error) => error);
    expect(again.code).toBe('CONFLICT');
    expect(await lossy.remove('made', { expect: version })).toBe(true);
    expect(await lossy.remove('made')).toBe(false);
    expect(await direct.read('made')).toBeUndefined();
  }
  expect(lost()).toBeGreaterThan(0);
});

test('a counter that several writers share counts every acknowledged update once', {
  timeout: timeFor(count, 100),
}, async () => {
  await direct.write('counter', Buffer.from('0'));
  loseEvery(7);
  const peer = await openRedisDriver({ port: proxy.port });
  let acknowledged = 0;
  let unknown = 0;
  const add = async (driver: PersistDriver) => {
    for (;;) {
      const { data, version } = (await driver.read('counter')) ?? { data: Buffer.of(), version: '' };
      const next = Buffer.from(String(Number(Buffer.from(data)) + 1));
      try {
        await driver.write('counter', next, { expect: version });
        acknowledged += 1;
        return;
      } catch (error) {
        if (isPersistError(error, 'OUTCOME_UNKNOWN')) {
          unknown += 1;
          return;
        }
        if (!isPersistError(error, 'CONFLICT')) throw error;
      }
    }
  };
  const each = Math.ceil(count / 10);
  await Promise.all(
    [lossy, peer, direct].map(async (driver) => {
      for (let n = 0; n < each; n++) await add(driver);
    }),
  );
  const total = Number(Buffer.from((await direct.read('counter'))?.data ?? []));
  expect(acknowledged).toBeGreaterThan(each);
  expect(total).toBeGreaterThanOrEqual(acknowledged);
  expect(total).toBeLessThanOrEqual(acknowledged + unknown);
  await peer.close();
});

test('a connection that swallows everything is replaced while there is time for the answer', async () => {
  proxy.loseAnswer = () => false;
  await using driver = await openRedisDriver({ port: proxy.port, commandTimeoutMs: 1_500 });
  const version = await driver.write('hole', Buffer.from('1'));
  proxy.silent = true;
  const written = driver.write('hole', Buffer.from('2'), { expect: version });
  await new Promise((resolve) => setTimeout(resolve, 300));
  proxy.silent = false;
  const now = await written;
  expect((await direct.read('hole'))?.version).toBe(now);
});
