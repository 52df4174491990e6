import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type Migration, memoryDriver, SandboxStore, type StoreEvent } from '../../src/index.js';
import { golden, richState } from './rich-state.js';

const key = 'default/sandboxes/web';
const valid = {
  layout: 1,
  format: 1,
  id: 'web',
  savedAt: '2026-01-31T12:00:00.000Z',
  sandbox: { state: 'ready' },
  containers: { 'web-1': { state: 'running' } },
};

const openWith = async (document: unknown, options = {}) => {
  const driver = memoryDriver();
  const data =
    document instanceof Uint8Array
      ? document
      : Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  const version = await driver.write(key, data);
  return { driver, version, store: new SandboxStore(driver, options) };
};

afterEach(() => void vi.useRealTimers());

describe('golden documents of format 1', () => {
  test.each(['rich', 'big-integers', 'no-containers'])('%s loads, and is saved byte for byte as it was', async (id) => {
    const data = golden(`format-1/${id}.json`);
    const driver = memoryDriver();
    await driver.write(`default/sandboxes/${id}`, data);
    const store = new SandboxStore(driver);
    const snapshot = await store.load(id);
    expect(snapshot.savedAt).toEqual(new Date('2026-01-31T12:00:00.000Z'));
    vi.useFakeTimers({ now: snapshot.savedAt, toFake: ['Date'] });
    await store.save(id, snapshot);
    expect(Buffer.from((await driver.read(`default/sandboxes/${id}`))?.data ?? []).equals(data)).toBe(true);
  });

  test('rich: what it says', async () => {
    const driver = memoryDriver();
    await driver.write('default/sandboxes/rich', golden('format-1/rich.json'));
    const { sandbox, containers } = await new SandboxStore(driver).load('rich');
    expect({ sandbox, containers }).toEqual(richState());
    expect(sandbox.devices?.map((device) => device.type)).toEqual([
      'generic',
      'block',
      'block',
      'block',
      'block',
      'vfio',
      'vhost-user-blk-pci',
      'vhost-user-scsi-pci',
      'virtio-net-pci',
      'quantum',
    ]);
    expect(sandbox.network?.endpoints?.map((endpoint) => endpoint.type)).toEqual([
      'virtual',
      'macvlan',
      'ipvlan',
      'macvtap',
      'tap',
      'tuntap',
      'physical',
      'vhost-user',
    ]);
    expect(sandbox.supervisor).toMatchObject({
      flags: [false, 0, '', null, {}],
      text: 'naïve 日本 🐳 \u2028 \ud800 \u0000',
    });
    expect(Object.keys((sandbox.supervisor as { labels: object }).labels)).toEqual(['__proto__', 'constructor', '']);
    expect(containers.size).toBe(3);
  });

  test('big-integers: every one is exact', async () => {
    const driver = memoryDriver();
    await driver.write('default/sandboxes/big-integers', golden('format-1/big-integers.json'));
    const { sandbox } = await new SandboxStore(driver).load('big-integers');
    expect(sandbox.config?.shmSize).toBe(18446744073709551615n);
    expect(sandbox.hypervisorState).toMatchObject({
      pid: 9223372036854775807n,
      hotpluggedMemory: -9223372036854775808n,
    });
    expect(sandbox.devices?.at(-1)).toMatchObject({ refCount: 9007199254741001n, attachCount: 18446744073709551615n });
    expect(sandbox.config?.containerConfigs?.[0]?.resources?.cpu).toMatchObject({
      quota: -9007199254740993n,
      period: 9007199254740993n,
      realtimePeriod: 1000000,
    });
    expect(Object.keys(sandbox.hypervisorState?.blockIndexMap ?? {})).toContain('9223372036854775807');
  });

  test('no-containers: null stays null', async () => {
    const driver = memoryDriver();
    await driver.write('default/sandboxes/no-containers', golden('format-1/no-containers.json'));
    const { sandbox, containers } = await new SandboxStore(driver).load('no-containers');
    expect(containers).toEqual(new Map());
    expect(sandbox).toMatchObject({
      devices: null,
      cgroupPaths: null,
      network: { endpoints: null },
      config: { cgroups: null },
    });
  });
});

describe('a document that is not valid', () => {
  const { sandbox: _, ...withoutSandbox } = valid;
  const { containers: __, ...withoutContainers } = valid;
  const text = JSON.stringify(valid);

  test.each<[string, unknown, string]>([
    ['nothing', new Uint8Array(), 'it is not JSON'],
    ['NULs', new Uint8Array(64), 'it is not JSON'],
    ['half of it', text.slice(0, text.length / 2), 'it is not JSON'],
    ['junk after it', `${text}}`, 'it is not JSON'],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0x22, 0x7d])]),
      'it is not UTF-8',
    ],
    ['a byte order mark', `\ufeff${text}`, 'it is not JSON'],
    ['nesting that ends in a big integer', `${'['.repeat(100_000)}9007199254740993`, 'it is not JSON'],
    ['null', null, 'it is no JSON object'],
    ['an array', [valid], 'it is no JSON object'],
    ['an empty object', {}, 'layout undefined is not valid'],
    ['layout 0', { ...valid, layout: 0 }, 'layout 0 is not valid'],
    ['a layout in words', { ...valid, layout: '1' }, 'layout "1" is not valid'],
    ['no format', { ...valid, format: undefined }, 'format undefined is not valid'],
    ['half a format', { ...valid, format: 0.5 }, 'format 0.5 is not valid'],
    ['another id', { ...valid, id: 'other' }, 'id "other" is not valid: expected "web"'],
    ['no date', { ...valid, savedAt: undefined }, 'savedAt undefined is not valid'],
    [
      'a bad date',
      { ...valid, savedAt: '2026-02-31T12:00:00.000Z' },
      'savedAt "2026-02-31T12:00:00.000Z" is not valid',
    ],
    ['a date as a number', { ...valid, savedAt: 0 }, 'savedAt 0 is not valid'],
    ['no sandbox', withoutSandbox, 'sandbox undefined is not valid'],
    ['no containers', withoutContainers, 'containers undefined is not valid: expected an object'],
    ['containers in an array', { ...valid, containers: [] }, 'containers of type object is not valid'],
    ['containers null', { ...valid, containers: null }, 'containers null is not valid'],
    [
      'a container id with a slash',
      { ...valid, containers: { '../x': { state: 'ready' } } },
      'container id "../x" is not valid',
    ],
    ['a container called __proto__', text.replace('web-1', '__proto__'), 'container id "__proto__" is not valid'],
    [
      'a sandbox that its schema refuses',
      { ...valid, sandbox: { state: 'lost' } },
      'sandbox.state "lost" is not valid',
    ],
    [
      'a container that its schema refuses',
      { ...valid, containers: { 'web-1': { state: 'ready', mounts: [1] } } },
      'containers["web-1"].mounts[0] 1 is not valid',
    ],
  ])(
    '%s is CORRUPT for load, find and update, naming key and path, and stays as it is',
    async (_, document, problem) => {
      const { driver, store, version } = await openWith(document);
      for (const call of [() => store.load('web'), () => store.find('web'), () => store.update('web', () => {})]) {
        await expect(call()).rejects.toMatchObject({
          code: 'CORRUPT',
          message: expect.stringContaining(`the document ${key} is damaged: ${problem}`),
          key,
          driver: 'memory',
          operation: expect.stringMatching(/^(load|find|update)$/),
        });
      }
      expect((await driver.read(key))?.version).toBe(version);
    },
  );

  test('can be replaced by a save, and destroyed', async () => {
    const { store } = await openWith('{');
    await store.save('web', richState());
    await store.load('web');
    const other = await openWith('{');
    expect(await other.store.destroy('web')).toBe(true);
  });
});

describe('a document of a newer format', () => {
  test.each([
    ['format', { ...valid, format: 2, sandbox: { anything: 'else' } }],
    ['layout', { layout: 2, completely: 'different' }],
  ])('%s: is FORMAT_UNSUPPORTED and is left untouched', async (field, document) => {
    const { driver, store, version } = await openWith(document);
    const unsupported = {
      code: 'FORMAT_UNSUPPORTED',
      message: expect.stringContaining(`the document ${key} has ${field} 2: expected at most 1`),
      key,
      driver: 'memory',
    };
    await expect(store.load('web')).rejects.toMatchObject(unsupported);
    await expect(store.find('web')).rejects.toMatchObject(unsupported);
    await expect(store.update('web', () => {})).rejects.toMatchObject(unsupported);
    const checking = new SandboxStore(driver, { checkTransitions: true });
    await expect(checking.save('web', richState())).rejects.toMatchObject(unsupported);
    expect((await driver.read(key))?.version).toBe(version);
  });
});

describe('migrations', () => {
  /** Format 1 → 2: one `name` instead of `first` and `last`; 2 → 3: containers get a number. */
  const migrations: Migration[] = [
    (state) => {
      state.sandbox = { name: `${state.sandbox.first} ${state.sandbox.last}` };
    },
    async (state) => {
      await Promise.resolve();
      let number = 0;
      for (const container of state.containers.values()) container.number = ++number;
    },
  ];
  const schema = {
    sandbox: z.strictObject({ name: z.string() }),
    container: z.strictObject({ number: z.int() }),
  };
  const format1 = { ...valid, sandbox: { first: 'a', last: 'b' }, containers: { x: {}, y: {} } };

  test.each([
    [1, format1],
    [2, { ...format1, format: 2, sandbox: { name: 'a b' } }],
  ])('a document of format %i is brought up to date, and told, but not written', async (from, document) => {
    const events: StoreEvent[] = [];
    const { driver, version } = await openWith(document);
    const store = new SandboxStore(driver, { schema, migrations, onEvent: (event) => events.push(event) });
    const snapshot = await store.load('web');
    expect(snapshot).toMatchObject({
      sandbox: { name: 'a b' },
      containers: new Map([
        ['x', { number: 1 }],
        ['y', { number: 2 }],
      ]),
    });
    expect(events).toEqual([{ type: 'migrated', id: 'web', from, to: 3 }]);
    expect((await driver.read(key))?.version).toBe(version);
  });

  test('an update writes the current format, which needs no migration any more', async () => {
    const events: StoreEvent[] = [];
    const { driver } = await openWith(format1);
    const store = new SandboxStore(driver, { schema, migrations, onEvent: (event) => events.push(event) });
    await store.update('web', (draft) => {
      draft.sandbox.name = 'c';
    });
    expect(events).toHaveLength(1);
    expect(JSON.parse(Buffer.from((await driver.read(key))?.data ?? []).toString())).toMatchObject({
      format: 3,
      sandbox: { name: 'c' },
    });
    await store.load('web');
    expect(events).toHaveLength(1);
    await expect(new SandboxStore(driver).load('web')).rejects.toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
  });

  test('what the schema refuses after the migrations is CORRUPT, and no migration is told', async () => {
    const events: StoreEvent[] = [];
    const { driver } = await openWith({ ...format1, containers: { x: { extra: 1 } } });
    const store = new SandboxStore(driver, { schema, migrations, onEvent: (event) => events.push(event) });
    await expect(store.load('web')).rejects.toMatchObject({
      code: 'CORRUPT',
      message: expect.stringContaining('containers.x'),
    });
    expect(events).toEqual([]);
  });

  test('what a migration throws passes unchanged', async () => {
    const bug = new Error('bug');
    const { driver } = await openWith(format1);
    const store = new SandboxStore(driver, { schema, migrations: [() => Promise.reject(bug)] });
    await expect(store.load('web')).rejects.toBe(bug);
  });
});
