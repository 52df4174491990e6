import { fileURLToPath } from 'node:url';
import { driverChannel, SandboxStore, type TraceContext } from '@sandkeep/persist-api';
import { type DataItem, exportItemTree, ItemStore, importItemTree, kataItems } from '@sandkeep/persist-kata';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { textsOf } from '../../packages/persist-kata/test/trees.js';
import { redisService } from '../services/redis-service.js';
import { dropBucket, freshBucket } from '../services/s3-bucket.js';
import { s3Service } from '../services/s3-service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { toArray } from '../support/to-array.js';
import { containerItems, devices, sandboxItems } from './item-samples.js';
import { fsStorage, type ItemStorage, memoryStorage, oneDriver, redisStorage, s3Storage } from './item-storages.js';

const [redis, s3] = await Promise.all([redisService('single'), s3Service()]);
const bucket = await freshBucket(s3);
afterAll(async () => {
  await dropBucket(s3, bucket);
  await Promise.all([redis.close(), s3.close()]);
});

const storages: Record<string, () => ItemStorage> = {
  memory: () => oneDriver(memoryStorage()),
  fs: () => oneDriver(fsStorage()),
  redis: () => oneDriver(redisStorage(redis.url)),
  s3: () => oneDriver(s3Storage(s3, bucket)),
  'config on S3, state in a directory in memory, uuid in Redis': () => {
    const [config, state, uuid] = [s3Storage(s3, bucket), fsStorage('/dev/shm'), redisStorage(redis.url)];
    return async () => ({ config: await config(), state: await state(), uuid: await uuid() });
  },
};

const dataItems = kataItems.filter((item): item is DataItem => item !== 'lock');
const tree = fileURLToPath(new URL('../../packages/persist-kata/test/fixtures/items-1', import.meta.url));
const decoder = new TextDecoder();

describe.each(Object.entries(storages))('%s', (_name, storage) => {
  let open: ItemStorage;
  let drivers: Awaited<ReturnType<ItemStorage>>;
  let items: ItemStore;

  beforeEach(async () => {
    open = storage();
    drivers = await open();
    items = new ItemStore(drivers);
  });

  /** The keys of everything that is stored. */
  const keys = async () => {
    const all = await Promise.all(Object.values(drivers).map((driver) => toArray(driver.list(''))));
    return [...new Set(all.flat())].sort();
  };
  const textOf = async (root: keyof typeof drivers, key: string) =>
    decoder.decode((await drivers[root].read(key))?.data);
  const web = 'default/kata/state/sandboxes/web/';

  describe('items', () => {
    test('every item of a sandbox and of a container comes back as it was, through another instance', async () => {
      const others = new ItemStore(await open());
      for (const item of dataItems) {
        await items.forSandbox('web').store(item, sandboxItems[item]);
        expect(await others.forSandbox('web').load(item), item).toEqual(sandboxItems[item]);
        await items.forContainer('web', 'web-1').store(item, containerItems[item]);
        expect(await others.forContainer('web', 'web-1').load(item), item).toEqual(containerItems[item]);
      }
      for (const item of dataItems.filter((item) => item !== 'uuid')) {
        expect(await others.forSandbox('web').load(item), item).toEqual(sandboxItems[item]);
      }
    });

    test('what is stored is the JSON that Kata writes', async () => {
      const { state } = drivers;
      await items.forSandbox('web').store('agent', { proxyPid: 2n ** 63n - 1n, url: '<&>' });
      expect(await textOf('state', `${web}items/agent`)).toBe(
        '{"ProxyPid":9223372036854775807,"URL":"\\u003c\\u0026\\u003e"}',
      );
      await items.forSandbox('web').storeDevices([{ type: 'block', data: { id: 'b', refCount: 1 } }]);
      expect(await textOf('state', `${web}items/devices`)).toBe('[{"Type":"block","Data":{"ID":"b","RefCount":1}}]');
      await items.forContainer('web', 'web-1').store('state', { state: 'ready', blockDeviceID: 'b' });
      expect(await textOf('state', `${web}containers/web-1/items/state`)).toBe('{"state":"ready","BlockDeviceID":"b"}');
      await state.write(`${web}items/agent`, Buffer.from('{"proxypid":7,"Later":18446744073709551615}'));
      expect(await items.forSandbox('web').load('agent')).toEqual({ proxyPid: 7, Later: 2n ** 64n - 1n });
    });

    test('the configuration goes to config, the uuid to uuid, everything else to state', async () => {
      const sandbox = items.forSandbox('web');
      for (const item of dataItems) await sandbox.store(item, sandboxItems[item]);
      await sandbox.raw('drive');
      const expected = {
        config: ['default/kata/config/sandboxes/web/items/configuration'],
        state: [
          ...dataItems.filter((item) => item !== 'configuration' && item !== 'uuid').map((item) => `items/${item}`),
          'raw/drive',
        ].map((name) => web + name),
        uuid: ['default/kata/uuid/items/uuid'],
      };
      for (const [root, rootKeys] of Object.entries(expected)) {
        const prefix = `default/kata/${root}`;
        expect(await toArray(drivers[root as 'config'].list(prefix)), root).toEqual(rootKeys.sort());
      }
      expect(await keys()).toHaveLength(Object.values(expected).flat().length);
    });

    test('null and empty are told apart', async () => {
      const container = items.forContainer('web', 'web-1');
      await container.store('mounts', null);
      expect(await container.load('mounts')).toBeNull();
      await container.store('mounts', []);
      expect(await container.load('mounts')).toEqual([]);
    });

    test('an item that was never stored is NOT_FOUND, and find gives undefined', async () => {
      const container = items.forContainer('web', 'web-1');
      await expect(container.load('process')).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: 'there is no item process of container web-1 of sandbox web',
        key: `${web}containers/web-1/items/process`,
      });
      expect(await container.find('process')).toBeUndefined();
      await container.store('process', { pid: 1 });
      expect(await container.find('process')).toEqual({ pid: 1 });
      expect(await container.remove('process')).toBe(true);
      expect(await container.remove('process')).toBe(false);
      expect(await container.find('process')).toBeUndefined();
    });

    test('the states of sandboxes and containers are loaded, of sandboxes in their old and new form', async () => {
      const sandbox = items.forSandbox('web');
      await drivers.state.write(`${web}items/state`, Buffer.from('{"state":"ready","blockIndex":3}'));
      expect(await sandbox.loadState()).toEqual({ state: 'ready', blockIndex: 3 });
      await sandbox.store('state', sandboxItems.state);
      expect(await sandbox.loadState()).toEqual(sandboxItems.state);
      await items.forContainer('web', 'web-1').store('state', containerItems.state);
      expect(await items.forContainer('web', 'web-1').loadContainerState()).toEqual(containerItems.state);
    });

    test('what is loaded is a copy, and what was given can be changed at once', async () => {
      const sandbox = items.forSandbox('web');
      const agent = { url: 'a' };
      const stored = sandbox.store('agent', agent);
      agent.url = 'b';
      await stored;
      const loaded = await sandbox.load('agent');
      loaded.url = 'c';
      expect(await sandbox.load('agent')).toEqual({ url: 'a' });
    });

    test('storing can be conditional', async () => {
      const sandbox = items.forSandbox('web');
      const first = await sandbox.store('agent', { url: 'a' }, { ifRevision: 'absent' });
      await expect(sandbox.store('agent', { url: 'b' }, { ifRevision: 'absent' })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
      await sandbox.store('agent', { url: 'b' }, { ifRevision: first });
      await expect(sandbox.store('agent', { url: 'c' }, { ifRevision: first })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
      expect(await sandbox.load('agent')).toEqual({ url: 'b' });
    });

    test('updates from several instances at once are all kept', async () => {
      const stores = [items, new ItemStore(await open()), new ItemStore(await open())];
      await Promise.all(
        stores.map(async (store, instance) => {
          for (let step = 0; step < 5; step++) {
            const add = (uuids: Record<string, unknown> | null) => {
              Object.assign(uuids as object, { [`${instance}-${step}`]: step });
            };
            await store.forSandbox(`box-${instance}`).update('uuid', add, { initial: {} });
          }
        }),
      );
      expect(Object.keys((await items.forSandbox('another').load('uuid')) ?? {})).toHaveLength(15);
    });

    test('an update of what is not there is NOT_FOUND, and what it throws ends it', async () => {
      const sandbox = items.forSandbox('web');
      await expect(sandbox.update('agent', () => {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await sandbox.store('agent', { url: 'a' });
      const reason = new Error('no');
      const failing = sandbox.update('agent', (agent) => {
        agent.url = 'b';
        throw reason;
      });
      await expect(failing).rejects.toBe(reason);
      const bad = sandbox.update('agent', (agent) => Object.assign(agent, { url: 1 }) && undefined);
      await expect(bad).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await sandbox.load('agent')).toEqual({ url: 'a' });
      const updated = await sandbox.update('agent', (agent) => {
        agent.url = 'c';
      });
      expect(updated).toEqual({ url: 'c' });
    });
  });

  describe('ids', () => {
    const bad = {
      empty: '',
      '../x': '../x',
      'a/b': 'a/b',
      '..': '..',
      '-a': '-a',
      ä: 'ä',
      'too long': 'a'.repeat(256),
    };
    test.each(Object.entries(bad))('%s is refused', async (_name, id) => {
      const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
      expect(() => items.forSandbox(id)).toThrow(refused);
      expect(() => items.forContainer(id, 'web-1')).toThrow(refused);
      expect(() => items.forContainer('web', id)).toThrow(refused);
      if (id !== '') await expect(items.forSandbox('web').raw(id)).rejects.toEqual(refused);
      expect(await keys()).toEqual([]);
    });

    test('an item that does not exist is refused', async () => {
      const sandbox = items.forSandbox('web');
      for (const item of ['lock', 'nothing', '../agent', 'toString']) {
        await expect(sandbox.store(item as 'agent', {})).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
        await expect(sandbox.load(item as 'agent')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
      await expect(sandbox.itemLock('nothing' as 'agent', true)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await keys()).toEqual([]);
    });
  });

  describe('devices', () => {
    test('of every type come back', async () => {
      const sandbox = items.forSandbox('web');
      await sandbox.storeDevices(devices);
      expect(await sandbox.loadDevices()).toEqual(devices);
      expect(await sandbox.load('devices')).toEqual(devices);
      await sandbox.storeDevices([]);
      expect(await sandbox.loadDevices()).toEqual([]);
      await sandbox.store('devices', null);
      expect(await sandbox.loadDevices()).toEqual([]);
    });

    test('of an unknown type are kept, and the others are loaded', async () => {
      const json =
        '[{"Type":"quantum","Data":{"Qubits":18446744073709551615,"id":"q"},"Later":1},{"Type":"block","Data":{"ID":"b"}}]';
      await drivers.state.write(`${web}items/devices`, Buffer.from(json));
      const sandbox = items.forSandbox('web');
      const loaded = await sandbox.loadDevices();
      expect(loaded).toEqual([
        { type: 'quantum', raw: { Qubits: 2n ** 64n - 1n, id: 'q' }, Later: 1 },
        { type: 'block', data: { id: 'b' } },
      ]);
      await sandbox.storeDevices(loaded);
      expect(await textOf('state', `${web}items/devices`)).toBe(json);
    });

    test('of a type of the user are checked and named as those of Kata', async () => {
      const gpu = z.looseObject({ id: z.string(), hostPath: z.string(), slices: z.number().int().max(7) });
      const store = new ItemStore(drivers, { deviceTypes: { gpu } });
      const sandbox = store.forSandbox('web');
      await sandbox.storeDevices([{ type: 'gpu', data: { id: 'g', hostPath: '/dev/dri', slices: 2 } }]);
      expect(await textOf('state', `${web}items/devices`)).toBe(
        '[{"Type":"gpu","Data":{"ID":"g","HostPath":"/dev/dri","Slices":2}}]',
      );
      const [device] = await sandbox.loadDevices();
      if (device?.type === 'gpu' && device.data) expect(device.data.slices).toBe(2);
      else expect.unreachable();
      const [unknown] = await items.forSandbox('web').loadDevices();
      expect(unknown).toEqual({ type: 'gpu', raw: { ID: 'g', HostPath: '/dev/dri', Slices: 2 } });
      const bad = sandbox.storeDevices([{ type: 'gpu', data: { id: 'g', hostPath: '/dev/dri', slices: 8 } }]);
      await expect(bad).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: /^\[0\]\.data\.slices 8 is not/ });
    });
  });

  describe('locks', () => {
    const now = { waitMs: 0 };

    test('exclusive excludes everybody, readers share, across instances', async () => {
      const a = items.forSandbox('web');
      const b = new ItemStore(await open()).forSandbox('web');
      const token = await a.lock();
      await expect(b.lock(now)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
      await expect(b.rlock(now)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
      await a.unlock(token);
      const readers = [await a.rlock(now), await b.rlock(now)] as const;
      await expect(a.lock(now)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
      await a.unlock(readers[0]);
      await b.unlock(readers[1]);
      await a.unlock(await a.lock(now));
    });

    test('of sandboxes, containers and items are locks of their own', async () => {
      const sandbox = items.forSandbox('web');
      const container = items.forContainer('web', 'web-1');
      const tokens = [
        await sandbox.lock(now),
        await container.lock(now),
        await items.forSandbox('db').lock(now),
        await sandbox.itemLock('state', true, now),
        await sandbox.itemLock('configuration', true, now),
      ] as const;
      expect(new Set(tokens).size).toBe(5);
      await sandbox.unlock(tokens[0]);
      await container.unlock(tokens[1]);
      await items.forSandbox('db').unlock(tokens[2]);
      await sandbox.itemUnlock('state', tokens[3]);
      await sandbox.itemUnlock('configuration', tokens[4]);
    });

    test('a token is good for its own lock alone, once, through any handle of the store', async () => {
      const sandbox = items.forSandbox('web');
      const token = await sandbox.itemLock('state', true, now);
      const refused = { code: 'INVALID_ARGUMENT' };
      await expect(sandbox.itemUnlock('agent', token)).rejects.toMatchObject(refused);
      await expect(sandbox.unlock(token)).rejects.toMatchObject(refused);
      await expect(items.forSandbox('db').itemUnlock('state', token)).rejects.toMatchObject(refused);
      await expect(sandbox.itemUnlock('state', 'invented')).rejects.toMatchObject(refused);
      await expect(sandbox.itemLock('state', true, now)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
      await items.forSandbox('web').itemUnlock('state', token);
      await expect(sandbox.itemUnlock('state', token)).rejects.toMatchObject(refused);
      await sandbox.itemUnlock('state', await sandbox.itemLock('state', true, now));
    });

    test('need nothing stored, whatever was opened first, and outlive a deletion', async () => {
      const container = items.forContainer('web', 'web-1');
      await container.store('state', containerItems.state);
      const sandbox = items.forSandbox('web');
      const token = await sandbox.lock(now);
      await sandbox.delete();
      await sandbox.store('agent', { url: 'a' });
      await expect(new ItemStore(await open()).forSandbox('web').lock(now)).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
      });
      await sandbox.unlock(token);
    });

    test('a lock that was lost is not given back in silence', async () => {
      const sandbox = items.forSandbox('web');
      const token = await sandbox.lock({ ttlMs: 300 });
      const lock = items.heldLock(token);
      const lost = new Promise((resolve) => lock?.signal.addEventListener('abort', resolve));
      await drivers.state.breakLock(`${web}items/lock`);
      await lost;
      await expect(sandbox.unlock(token)).rejects.toMatchObject({ code: 'LOCK_LOST' });
      await expect(sandbox.unlock(token)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(items.heldLock(token)).toBeUndefined();
    });

    test('are given back when the store is closed', async () => {
      const other = new ItemStore(await open());
      await other.forSandbox('web').lock(now);
      await other.close();
      await items.forSandbox('web').unlock(await items.forSandbox('web').lock(now));
    });
  });

  describe('raw values', () => {
    test('are made, written, read, listed and removed', async () => {
      const sandbox = items.forSandbox('web');
      const drive = await sandbox.raw('drive-0');
      expect(drive).toMatchObject({ id: 'drive-0', key: `${web}raw/drive-0` });
      expect(await drive.read()).toHaveLength(0);
      await drive.write(Buffer.from([0, 255]));
      expect([...((await (await sandbox.raw('drive-0')).read()) ?? [])]).toEqual([0, 255]);
      const generated = [await sandbox.raw(), await sandbox.raw('')];
      const ids = generated.map(({ id }) => id);
      for (const id of ids) expect(id).toMatch(/^raw-[0-9a-f]{16}$/);
      expect(await toArray(sandbox.rawIds())).toEqual(['drive-0', ...ids].sort());
      expect(await drive.remove()).toBe(true);
      expect(await drive.read()).toBeUndefined();
      await sandbox.delete();
      expect(await toArray(sandbox.rawIds())).toEqual([]);
    });

    test('cannot leave their place', async () => {
      await expect(items.forSandbox('web').raw('../../x')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await keys()).toEqual([]);
    });
  });

  describe('deletion', () => {
    test('takes a sandbox with its containers from config and state, but no uuid and no neighbour', async () => {
      const kept = ['web-1', 'webb', 'we'];
      for (const id of ['web', ...kept]) {
        await items.forSandbox(id).store('configuration', { id });
        await items.forContainer(id, 'web').store('configuration', { id });
        await items.forContainer(id, 'web').store('state', { state: 'ready' });
      }
      await items.forSandbox('web').store('uuid', { used: 1 });
      const removed: string[] = [];
      const start = ({ operation, key }: TraceContext) => operation === 'remove' && removed.push(key);
      const subscribers = { start, end() {}, asyncStart() {}, asyncEnd() {}, error() {} };
      driverChannel.subscribe(subscribers);
      expect(await items.forSandbox('web').delete()).toBe(true);
      driverChannel.unsubscribe(subscribers);
      expect(removed.map((key) => key.split('/')[2])).toEqual(['config', 'config', 'state']);
      expect(await items.forSandbox('web').delete()).toBe(false);
      expect(await items.forSandbox('web').load('uuid')).toEqual({ used: 1 });
      expect(await toArray(items.list())).toEqual(kept.sort());
      expect((await keys()).filter((key) => key.includes('/web/items') && !key.includes('containers'))).toEqual([]);
      expect(await items.forContainer('we', 'web').delete()).toBe(true);
      expect(await items.forContainer('we', 'web').exists()).toBe(false);
      expect(await items.forSandbox('we').load('configuration')).toEqual({ id: 'we' });
    });

    test('takes everything of a namespace, and nothing else', async () => {
      const sandboxes = new SandboxStore(drivers.state);
      await sandboxes.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
      const others = new ItemStore(drivers, { namespace: 'other' });
      for (const store of [items, others]) {
        for (const id of ['a', 'b']) {
          await store.forSandbox(id).store('configuration', { id });
          await store.forContainer(id, 'c').store('state', { state: 'ready' });
        }
      }
      await items.forSandbox('a').store('uuid', { used: 1 });
      await items.deleteAll();
      expect(await toArray(items.list())).toEqual([]);
      expect(await toArray(others.list())).toEqual(['a', 'b']);
      expect(await toArray(sandboxes.list())).toEqual(['web']);
      expect(await items.forSandbox('a').load('uuid')).toEqual({ used: 1 });
    });
  });

  test("Kata's own directories travel through it, and are the same again", async () => {
    const texts = textsOf(tree);
    for await (const { outcome } of importItemTree(tree, items)) expect(outcome).toBe('written');
    const root = temporaryDirectory();
    for await (const { outcome } of exportItemTree(new ItemStore(await open()), root)) expect(outcome).toBe('written');
    expect(textsOf(root)).toEqual(texts);
  });

  describe('faults of the original that are not here', () => {
    test('opening makes nothing', async () => {
      const sandbox = items.forSandbox('web');
      const container = items.forContainer('web', 'web-1');
      expect(await sandbox.exists()).toBe(false);
      expect(await container.find('state')).toBeUndefined();
      expect(await sandbox.delete()).toBe(false);
      await sandbox.unlock(await sandbox.lock());
      expect(await keys()).toEqual([]);
    });

    test('whether a sandbox exists is not only known to the process that made it', async () => {
      const other = new ItemStore(await open());
      await items.forContainer('web', 'web-1').store('configuration', { id: 'web-1' });
      expect(await other.forSandbox('web').exists()).toBe(true);
      expect(await other.forContainer('web', 'web-2').exists()).toBe(false);
      expect(await other.forSandbox('we').exists()).toBe(false);
      await items.forSandbox('we').store('state', { state: 'ready' });
      expect(await other.forSandbox('we').exists()).toBe(true);
    });

    test('data that cannot be encoded leaves the item as it was, or absent', async () => {
      const sandbox = items.forSandbox('web');
      await sandbox.store('configuration', { id: 'web' });
      const cycle: Record<string, unknown> = {};
      cycle.self = cycle;
      const bad: Record<string, unknown>[] = [
        { cycle },
        { call: () => {} },
        { when: new Date() },
        { hostname: 7 },
        { shmSize: 2n ** 64n },
        { ID: 'web' },
        { annotations: { a: 1 } },
      ];
      for (const data of bad) {
        for (const id of ['web', 'new']) {
          const stored = items.forSandbox(id).store('configuration', data);
          await expect(stored, Object.keys(data)[0]).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
        }
      }
      expect(await sandbox.load('configuration')).toEqual({ id: 'web' });
      expect(await items.forSandbox('new').exists()).toBe(false);
    });

    test('an error of the driver is an error of the call', async () => {
      const closed = await open();
      const sandbox = new ItemStore(closed).forSandbox('web');
      await Promise.all(Object.values(closed).map((driver) => driver.close()));
      for (const item of dataItems) {
        await expect(sandbox.store(item, sandboxItems[item])).rejects.toMatchObject({ code: 'CLOSED' });
      }
      await expect(sandbox.delete()).rejects.toMatchObject({ code: 'CLOSED' });
      await expect(sandbox.raw('x')).rejects.toMatchObject({ code: 'CLOSED' });
      const reason = new Error('enough');
      const aborted = items.forSandbox('web').store('agent', {}, { signal: AbortSignal.abort(reason) });
      await expect(aborted).rejects.toBe(reason);
      expect(await keys()).toEqual([]);
    });

    test.each(['', '{"ProxyPid":', '{"ProxyPid":1}x', '{"ProxyPid":"1"}', '[]', '\xff', '\0\0'])(
      'a damaged item %j is an error, never missing or a part of it, and stays until it is replaced',
      async (text) => {
        const sandbox = items.forSandbox('web');
        const key = `${web}items/agent`;
        await sandbox.store('hypervisor', { uuid: 'u' });
        await drivers.state.write(key, Buffer.from(text, 'latin1'));
        const corrupt = { code: 'CORRUPT', key, message: expect.stringContaining(key) };
        await expect(sandbox.load('agent')).rejects.toMatchObject(corrupt);
        await expect(sandbox.find('agent')).rejects.toMatchObject(corrupt);
        await expect(sandbox.update('agent', () => {}, { initial: {} })).rejects.toMatchObject(corrupt);
        expect(await textOf('state', key)).toBe(decoder.decode(Buffer.from(text, 'latin1')));
        expect(await sandbox.load('hypervisor')).toEqual({ uuid: 'u' });
        await sandbox.store('agent', { proxyPid: 1 });
        expect(await sandbox.load('agent')).toEqual({ proxyPid: 1 });
      },
    );
  });
});
