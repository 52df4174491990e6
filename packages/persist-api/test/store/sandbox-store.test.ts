import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import {
  type ContainerState,
  isPersistError,
  MemoryStorage,
  memoryDriver,
  type SandboxState,
  SandboxStore,
  type Snapshot,
} from '../../src/index.js';
import { richState } from './rich-state.js';

const open = () => {
  const driver = memoryDriver();
  return { driver, store: new SandboxStore(driver) };
};

const ids = async (store: SandboxStore) => {
  const all: string[] = [];
  for await (const id of store.list()) all.push(id);
  return all;
};

describe('save and load', () => {
  test('everything comes back as it was saved', async () => {
    const { store } = open();
    const state = richState();
    const before = Date.now();
    const revision = await store.save('web', state);
    const snapshot = await store.load('web');
    expect(snapshot).toEqual({ id: 'web', ...richState(), revision, savedAt: expect.any(Date) });
    expect(snapshot.savedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(snapshot.savedAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect([...snapshot.containers.keys()]).toEqual([...state.containers.keys()]);
    expect(await store.find('web')).toEqual(snapshot);
  });

  test('a snapshot can be saved as it is, also under another id', async () => {
    const { store } = open();
    await store.save('a', richState());
    await store.save('b', await store.load('a'));
    const { sandbox, containers } = await store.load('b');
    expect({ sandbox, containers }).toEqual(richState());
  });

  test('zero containers, containers added, containers removed', async () => {
    const { store } = open();
    const sandbox: SandboxState = { state: 'ready' };
    const save = (...names: string[]) =>
      store.save('web', { sandbox, containers: new Map(names.map((name) => [name, { state: 'ready' } as const])) });
    for (const names of [[], ['a', 'b'], ['b', 'constructor', 'c'], ['c'], []]) {
      await save(...names);
      expect([...(await store.load('web')).containers.keys()]).toEqual(names);
    }
  });

  test('a sandbox knows nothing of the one that was loaded before', async () => {
    const { store } = open();
    await store.save('a', richState());
    await store.save('b', { sandbox: { state: 'ready' }, containers: new Map() });
    await store.load('a');
    expect(await store.load('b')).toMatchObject({ sandbox: { state: 'ready' }, containers: new Map() });
  });

  test('null and empty, zero, false and the empty string are kept apart', async () => {
    const { store } = open();
    const sandbox = {
      state: 'ready',
      devices: null,
      cgroupPaths: {},
      cgroupPath: '',
      guestMemoryBlockSizeMB: 0,
      guestMemoryHotplugProbe: false,
      config: { experimental: [], sandboxBindMounts: null, containerConfigs: [{ annotations: null }] },
    } satisfies SandboxState;
    await store.save('web', { sandbox, containers: new Map() });
    expect((await store.load('web')).sandbox).toEqual(sandbox);
  });

  test('integers beyond 2^53 are exact', async () => {
    const { store } = open();
    const sandbox: SandboxState = {
      state: 'ready',
      config: { shmSize: 18446744073709551615n },
      hypervisorState: { hotpluggedMemory: -9223372036854775808n, pid: 9007199254740993n },
    };
    await store.save('web', { sandbox, containers: new Map() });
    expect((await store.load('web')).sandbox).toEqual(sandbox);
  });

  test('device types and fields that are not known are kept, on every level', async () => {
    const { store } = open();
    const sandbox = JSON.parse(`{
      "state": "running", "mine": { "a": [1] }, "__proto__": "p", "constructor": "c",
      "devices": [{ "type": "quantum", "qubits": 5, "driverOptions": { "__proto__": "x" } }, { "type": "block", "blockDrive": { "mine": 1 } }],
      "network": { "endpoints": [{ "type": "veth", "veth": { "netPair": { "virtIface": { "mine": null } } } }] }
    }`);
    const containers = new Map([['c', { state: 'ready' as const, mounts: [{ mine: [] }], mine: 'too' }]]);
    await store.save('web', { sandbox, containers });
    const loaded = await store.load('web');
    expect(JSON.stringify(loaded.sandbox)).toBe(JSON.stringify(sandbox));
    expect(loaded.containers).toEqual(containers);
  });

  test('changing the input after the call, or what was loaded, changes nothing that is stored', async () => {
    const { store } = open();
    const input = richState();
    const saving = store.save('web', input);
    input.sandbox.state = 'stopped';
    input.sandbox.devices?.splice(0);
    for (const container of input.containers.values()) container.bundlePath = 'changed';
    input.containers.clear();
    await saving;
    const first = await store.load('web');
    expect({ sandbox: first.sandbox, containers: first.containers }).toEqual(richState());
    first.sandbox.state = 'stopped';
    first.sandbox.devices?.splice(0);
    first.containers.clear();
    first.savedAt.setTime(0);
    const second = await store.load('web');
    expect({ sandbox: second.sandbox, containers: second.containers }).toEqual(richState());
    expect(second.savedAt.getTime()).toBeGreaterThan(0);
  });

  test('what is missing is NOT_FOUND for load, naming the id, and undefined for find', async () => {
    const { store } = open();
    const error = await store.load('web').catch((reason: unknown) => reason);
    expect(isPersistError(error, 'NOT_FOUND')).toBe(true);
    expect(error).toMatchObject({
      message: 'there is no sandbox web',
      driver: 'memory',
      operation: 'load',
      key: 'default/sandboxes/web',
      retryable: false,
    });
    expect(await store.find('web')).toBeUndefined();
  });
});

describe('ifRevision', () => {
  test("'absent' creates once", async () => {
    const { store } = open();
    const state = richState();
    const revision = await store.save('web', state, { ifRevision: 'absent' });
    await expect(store.save('web', state, { ifRevision: 'absent' })).rejects.toMatchObject({
      code: 'CONFLICT',
      currentVersion: revision,
      message: `no document was expected, but it is version ${revision} (key default/sandboxes/web)`,
    });
  });

  test('a revision replaces only itself', async () => {
    const { store } = open();
    const first = await store.save('web', richState());
    const second = await store.save('web', { ...richState(), containers: new Map() }, { ifRevision: first });
    expect(second).not.toBe(first);
    await expect(store.save('web', richState(), { ifRevision: first })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await store.load('web')).toMatchObject({ revision: second, containers: new Map() });
    await expect(store.save('gone', richState(), { ifRevision: first })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await store.find('gone')).toBeUndefined();
  });

  test('without it the last save wins', async () => {
    const { store } = open();
    await store.save('web', richState());
    await store.save('web', { sandbox: { state: 'stopped' }, containers: new Map() });
    expect((await store.load('web')).sandbox).toEqual({ state: 'stopped' });
  });
});

describe('destroy', () => {
  test('removes the sandbox with its containers, and tells whether there was one', async () => {
    const { store } = open();
    await store.save('web', richState());
    await store.save('web-2', richState());
    expect(await store.destroy('web')).toBe(true);
    expect(await store.destroy('web')).toBe(false);
    expect(await store.find('web')).toBeUndefined();
    expect(await ids(store)).toEqual(['web-2']);
    const revision = await store.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
    expect(await store.load('web')).toMatchObject({ sandbox: { state: 'ready' }, containers: new Map(), revision });
  });

  test('with a revision, only that one', async () => {
    const { store } = open();
    const first = await store.save('web', richState());
    const second = await store.save('web', richState());
    await expect(store.destroy('web', { ifRevision: first })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await store.destroy('web', { ifRevision: second })).toBe(true);
    await expect(store.destroy('web', { ifRevision: second })).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('list and namespaces', () => {
  test('ids come in ascending byte order, without anything else that the driver holds', async () => {
    const { driver, store } = open();
    const names = ['b', 'a', 'a.b', 'a-b', 'B', '10', '9', 'a_b', 'aa'];
    for (const name of names) await store.save(name, { sandbox: { state: 'ready' }, containers: new Map() });
    await store.globals.write('global', new Uint8Array([1]));
    await driver.write('unrelated', new Uint8Array([1]));
    expect(await ids(store)).toEqual([...names].sort());
    expect(await ids(new SandboxStore(memoryDriver()))).toEqual([]);
  });

  test('stores with different namespaces know nothing of each other', async () => {
    const storage = new MemoryStorage();
    const [one, two] = ['one', 'one-two'].map(
      (namespace) => new SandboxStore(memoryDriver({ storage }), { namespace }),
    ) as [SandboxStore, SandboxStore];
    const none = new SandboxStore(memoryDriver({ storage }));
    await one.save('web', richState());
    await two.save('web', { sandbox: { state: 'stopped' }, containers: new Map() });
    await one.globals.write('g', new Uint8Array([1]));
    expect(await ids(one)).toEqual(['web']);
    expect(await ids(none)).toEqual([]);
    expect(await two.globals.read('g')).toBeUndefined();
    expect((await two.load('web')).sandbox).toEqual({ state: 'stopped' });
    expect(await none.find('web')).toBeUndefined();
    expect(await two.destroy('web')).toBe(true);
    expect(await one.find('web')).toBeDefined();
  });

  test('a damaged sandbox is listed, and the others load', async () => {
    const { driver, store } = open();
    await store.save('a', richState());
    await driver.write('default/sandboxes/b', new Uint8Array([0]));
    await store.save('c', richState());
    expect(await ids(store)).toEqual(['a', 'b', 'c']);
    await expect(store.find('b')).rejects.toMatchObject({ code: 'CORRUPT' });
    await store.load('a');
    await store.load('c');
  });

  test('leaving a listing early ends the one of the driver', async () => {
    const { driver, store } = open();
    for (const name of ['a', 'b', 'c']) await store.save(name, richState());
    let returned = false;
    const list = driver.list.bind(driver);
    vi.spyOn(driver, 'list').mockImplementation(async function* (...parameters) {
      try {
        yield* list(...parameters);
      } finally {
        returned = true;
      }
    });
    for await (const id of store.list()) if (id === 'b') break;
    expect(returned).toBe(true);
  });
});

describe('abort', () => {
  const reason = new Error('no longer wanted');
  const signal = AbortSignal.abort(reason);

  test.each<[string, (store: SandboxStore) => Promise<unknown>]>([
    ['save', (store) => store.save('web', richState(), { signal })],
    ['load', (store) => store.load('web', { signal })],
    ['find', (store) => store.find('web', { signal })],
    ['update', (store) => store.update('web', () => {}, { signal })],
    ['destroy', (store) => store.destroy('web', { signal })],
    ['lock', (store) => store.lock('web', { signal })],
    [
      'list',
      async (store) => {
        for await (const _ of store.list({ signal }));
      },
    ],
    ['globals.write', (store) => store.globals.write('g', new Uint8Array(), { signal })],
    ['globals.read', (store) => store.globals.read('g', { signal })],
    ['globals.remove', (store) => store.globals.remove('g', { signal })],
    [
      'globals.list',
      async (store) => {
        for await (const _ of store.globals.list({ signal }));
      },
    ],
  ])('%s rejects with the reason of the signal and changes nothing', async (_, call) => {
    const { store } = open();
    const revision = await store.save('web', richState());
    await expect(call(store)).rejects.toBe(reason);
    expect((await store.load('web')).revision).toBe(revision);
  });
});

test('after the driver was closed every call is CLOSED', async () => {
  const { driver, store } = open();
  await driver.close();
  const calls = [
    store.save('web', richState()),
    store.load('web'),
    store.find('web'),
    store.update('web', () => {}),
    store.destroy('web'),
    store.lock('web'),
    store.globals.read('g'),
    ids(store),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'CLOSED', driver: 'memory' });
});

test('by default the states have the types of the default schemas', () => {
  const { store } = open();
  expectTypeOf(store.load).returns.resolves.toEqualTypeOf<Snapshot>();
  expectTypeOf<Snapshot['sandbox']>().toEqualTypeOf<SandboxState>();
  expectTypeOf<Snapshot['containers']>().toEqualTypeOf<Map<string, ContainerState>>();
});
