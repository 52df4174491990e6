import { setTimeout as delay } from 'node:timers/promises';
import { isPersistError } from '@sandkeep/persist-api';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { CephGateway } from '../services/ceph-gateway.js';
import { eventually } from '../services/eventually.js';
import { S3FaultProxy } from '../services/s3-fault-proxy.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { rounds } from '../support/rounds.js';
import { toArray } from '../support/to-array.js';
import { Worker } from '../support/worker.js';
import { freshStorage, freshStorageOn, type Storage } from './storage.js';

/** Longer than a mark of a sweeper holds. */
const overdueMs = 75_000;

const server = await ScriptedS3Server.start({ conditionalDelete: false, etags: 'unquoted', missing: 412 });
afterAll(() => server.close());
beforeEach(() => {
  server.model.clockOffsetMs = 0;
});

/** A tombstone of which the sweeper's DELETE is held up on the way. */
async function heldSweep(storage: Storage) {
  const proxy = await S3FaultProxy.start(storage.options.endpoint ?? '');
  const sweeper = await storage.open({ endpoint: proxy.endpoint, commandTimeoutMs: 600_000 });
  const driver = await storage.open();
  const before = await driver.write('a', Buffer.from('before'));
  await driver.remove('a', { expect: before });
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const deletions = () => proxy.requests.filter(({ method }) => method === 'DELETE').length;
  const already = deletions();
  proxy.fault = ({ method }) => (method === 'DELETE' ? { until } : undefined);
  expect(await toArray(sweeper.list(''))).toEqual([]);
  await eventually("the sweeper's DELETE", () => deletions() > already);
  const end = async () => {
    release();
    await Promise.all([sweeper.close(), driver.close()]);
    await proxy.close();
  };
  return { proxy, driver, release, end };
}

test('while a DELETE may be on its way, a document is not made; it is, once the DELETE has come', async () => {
  const storage = freshStorageOn(server, { sweepAfterSeconds: 0 });
  const { driver, release, end } = await heldSweep(storage);
  const hasty = await storage.open({ commandTimeoutMs: 2_000 });
  expect(await hasty.read('a')).toBeUndefined();
  const refused = await hasty.write('a', Buffer.from('x'), { expect: 'absent' }).catch((error) => error);
  expect(isPersistError(refused, 'UNAVAILABLE'), String(refused)).toBe(true);
  const made = driver.write('a', Buffer.from('made'), { expect: 'absent' });
  release();
  expect((await driver.read('a'))?.version ?? (await made)).toBe(await made);
  await hasty.close();
  await end();
});

test('a DELETE that arrives when the document was made again is refused', async () => {
  const storage = freshStorageOn(server, { sweepAfterSeconds: 0 });
  const { proxy, driver, release, end } = await heldSweep(storage);
  server.model.clockOffsetMs += overdueMs;
  const made = await driver.write('a', Buffer.from('made'), { expect: 'absent' });
  release();
  await proxy.settled();
  expect(await driver.read('a')).toMatchObject({ version: made });
  await end();
});

test('an overdue mark is swept by another, and listed never', async () => {
  const storage = freshStorageOn(server, { sweepAfterSeconds: 0 });
  const { driver, end } = await heldSweep(storage);
  expect(await toArray(driver.list(''))).toEqual([]);
  const prefix = storage.options.prefix ?? '';
  const left = () => [...server.model.objects.keys()].filter((key) => key.startsWith(prefix));
  expect(left()).toHaveLength(1);
  server.model.clockOffsetMs += overdueMs;
  expect(await toArray(driver.list(''))).toEqual([]);
  await eventually('the sweeping', () => left().length === 0);
  await end();
});

if (rounds(0, 1) > 0) {
  test('a sweeper that was stopped for more than a minute deletes nothing', { timeout: 300_000 }, async () => {
    const gateway = await CephGateway.start();
    const proxy = await S3FaultProxy.start(gateway.endpoint);
    const storage = await freshStorage(gateway, { sweepAfterSeconds: 0 });
    const driver = await storage.open();
    await driver.remove('a', { expect: await driver.write('a', Buffer.from('before')) });
    let worker: Worker | undefined;
    let isMarked = false;
    proxy.fault = ({ body }) => {
      if (!body.toString().startsWith('sweep ')) return undefined;
      isMarked = true;
      worker?.signal('SIGSTOP');
      return undefined;
    };
    const options = { ...storage.options, endpoint: proxy.endpoint, commandTimeoutMs: 600_000 };
    worker = new Worker(import.meta.url, 'workers/list.js', [JSON.stringify(options)]);
    await eventually('the mark', () => isMarked);
    const deletions = proxy.requests.filter(({ method }) => method === 'DELETE').length;
    await delay(overdueMs);
    const made = await driver.write('a', Buffer.from('made'), { expect: 'absent' });
    worker.signal('SIGCONT');
    await worker.line('swept');
    expect(proxy.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(deletions + 1);
    expect(await driver.read('a')).toMatchObject({ version: made });
    await driver.close();
    await proxy.close();
    await gateway.close();
  });
}
