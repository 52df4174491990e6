import { type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { S3FaultProxy } from '../services/s3-fault-proxy.js';
import { s3Service } from '../services/s3-service.js';
import { rounds } from '../support/rounds.js';
import { toArray } from '../support/to-array.js';
import { freshStorage, type Storage } from './storage.js';

const service = await s3Service();
const proxy = await S3FaultProxy.start(service.endpoint);
let storage: Storage;
let driver: PersistDriver;

beforeAll(async () => {
  storage = await freshStorage(service, { endpoint: proxy.endpoint });
  driver = await storage.open();
});
afterAll(async () => {
  await driver.close();
  await proxy.close();
  await service.close();
});

const state = { sandbox: { state: 'running' as const }, containers: new Map() };

test('what a store does takes one request: find of nothing, save, load, save under a condition', async () => {
  const store = new SandboxStore(driver);
  let revision = '';
  expect(await proxy.kindsDuring(() => store.find('box'))).toEqual(['GET']);
  expect(await proxy.kindsDuring(async () => (revision = await store.save('box', state)))).toEqual(['PUT']);
  expect(await proxy.kindsDuring(() => store.load('box'))).toEqual(['GET']);
  const conditional = () => store.save('box', state, { ifRevision: revision });
  expect(await proxy.kindsDuring(async () => (revision = await conditional()))).toEqual(['PUT']);
  expect(await proxy.kindsDuring(() => store.update('box', () => {}))).toEqual(['GET', 'PUT']);
});

test('a creation takes one request', async () => {
  const bytes = Buffer.from('x');
  expect(await proxy.kindsDuring(() => driver.write('new', bytes, { expect: 'absent' }))).toEqual(['PUT']);
});

test('a removal of a known version takes one request, any other two', async () => {
  const other = await storage.open({ endpoint: service.endpoint });
  const version = await other.write('gone', Buffer.from('x'));
  expect(await proxy.kindsDuring(() => driver.remove('gone', { expect: version }))).toHaveLength(1);
  await other.write('gone', Buffer.from('x'), { expect: 'absent' });
  expect((await proxy.kindsDuring(() => driver.remove('gone'))).length).toBeLessThanOrEqual(3);
  await other.write('new-to-it', Buffer.from('x'));
  expect(await proxy.kindsDuring(() => driver.remove('new-to-it'))).toHaveLength(2);
  expect(await proxy.kindsDuring(() => driver.remove('never-there'))).toEqual(['GET']);
  await other.close();
});

test('an uncontended lock takes at most two requests, its release one', async () => {
  await (await driver.lock('first')).release();
  const { requests } = proxy;
  for (const name of ['new', 'first']) {
    const before = requests.length;
    const lock = await driver.lock(name);
    expect(requests.length - before).toBeLessThanOrEqual(2);
    const held = requests.length;
    await lock.release();
    expect(requests.length - held).toBe(1);
  }
});

const pages = rounds(1, 5);

test(`a listing of n sandboxes takes ⌈n/1000⌉ requests, whatever else is there`, { timeout: 120_000 }, async () => {
  const other = await storage.open({ endpoint: service.endpoint });
  const ids = Array.from({ length: pages * 1_000 + 1 }, (_, n) => `box-${String(n).padStart(5, '0')}`);
  const writer = new SandboxStore(other, { namespace: 'many' });
  const reader = new SandboxStore(driver, { namespace: 'many' });
  const save = async (some: readonly string[]) => {
    for (let n = 0; n < some.length; n += 50)
      await Promise.all(some.slice(n, n + 50).map((id) => writer.save(id, state)));
  };
  const list = async (count: number) => expect(await toArray(reader.list())).toEqual(ids.slice(0, count));
  expect(await proxy.kindsDuring(() => list(0))).toEqual(['LIST']);
  await save(ids.slice(0, 1));
  expect(await proxy.kindsDuring(() => list(1))).toEqual(['LIST']);
  await save(ids.slice(1, 1_000));
  expect(await proxy.kindsDuring(() => list(1_000))).toEqual(['LIST']);
  await save(ids.slice(1_000));
  expect(await proxy.kindsDuring(() => list(ids.length))).toEqual(Array(pages + 1).fill('LIST'));
  await other.close();
});
