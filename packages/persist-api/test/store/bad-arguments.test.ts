import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { memoryDriver, type PersistDriver, type SandboxInput, SandboxStore } from '../../src/index.js';

const open = () => {
  const driver = memoryDriver();
  const io = (['read', 'write', 'remove', 'list', 'lock'] as const).map((method) => vi.spyOn(driver, method));
  const calls = () => io.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  return { driver, store: new SandboxStore(driver), calls };
};

const state = { sandbox: { state: 'ready' }, containers: new Map() } satisfies SandboxInput;

const badIds: unknown[] = [
  '',
  '.',
  '..',
  '../x',
  'a/b',
  '/a',
  'a\0',
  'a b',
  'é',
  'a'.repeat(256),
  'a*',
  '-a',
  '.sandkeep',
  null,
  undefined,
  1,
  {},
  Symbol('id'),
  Object.create(null),
];

describe.each(badIds.map((id) => [typeof id === 'string' ? JSON.stringify(id).slice(0, 20) : inspect(id), id]))(
  'the id %s',
  (_, badId) => {
    const id = badId as string;

    test.each<[string, (store: SandboxStore) => Promise<unknown>]>([
      ['save', (store) => store.save(id, state)],
      ['load', (store) => store.load(id)],
      ['find', (store) => store.find(id)],
      ['update', (store) => store.update(id, () => {})],
      ['destroy', (store) => store.destroy(id)],
      ['lock', (store) => store.lock(id)],
    ])('%s refuses it before any I/O', async (operation, call) => {
      const { store, calls } = open();
      await expect(call(store)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/^sandbox id .* is not valid: expected /),
        operation,
        driver: 'memory',
      });
      expect(calls()).toBe(0);
    });

    test('of a container is refused before any I/O', async () => {
      const { store, calls } = open();
      await expect(
        store.save('web', { ...state, containers: new Map([[id, { state: 'ready' }]]) }),
      ).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/^container id .* is not valid: expected /),
      });
      expect(calls()).toBe(0);
    });
  },
);

describe('a state', () => {
  const withSandbox = (sandbox: unknown) => ({ sandbox, containers: new Map() });
  const withContainer = (container: unknown) => ({ ...state, containers: new Map([['web-1', container]]) });
  const cycle: Record<string, unknown> = { state: 'ready' };
  cycle.self = [cycle];

  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'state undefined is not valid: expected { sandbox, containers }'],
    ['null', null, 'state null is not valid'],
    ['a string', 'ready', 'state "ready" is not valid'],
    ['no containers', { sandbox: { state: 'ready' } }, 'containers undefined is not valid: expected a Map'],
    ['containers in an array', { ...state, containers: [['a', { state: 'ready' }]] }, 'containers of type object'],
    ['containers in an object', { ...state, containers: { a: { state: 'ready' } } }, 'containers of type object'],
    ['no sandbox', { containers: new Map() }, 'sandbox undefined is not valid'],
    ['an unknown state', withSandbox({ state: 'booting' }), 'sandbox.state "booting" is not valid: Invalid option'],
    ['no state', withSandbox({}), 'sandbox.state undefined is not valid'],
    ['the empty state', withSandbox({ state: '' }), 'sandbox.state "" is not valid'],
    [
      'a field of a wrong type',
      withSandbox({ state: 'ready', config: { networkConfig: { netNsCreated: 'yes' } } }),
      'sandbox.config.networkConfig.netNsCreated "yes" is not valid: Invalid input: expected boolean',
    ],
    [
      'two wrong fields',
      withSandbox({ state: 'ready', cgroupPath: 1, sandboxContainer: 2 }),
      'sandbox.sandboxContainer 2 is not valid: Invalid input: expected string, received number (and 1 more)',
    ],
    [
      'a negative uint64',
      withSandbox({ state: 'ready', config: { shmSize: -1n } }),
      'sandbox.config.shmSize -1 is not valid: expected an integer from 0 to 18446744073709551615',
    ],
    [
      'an inexact integer',
      withSandbox({ state: 'ready', config: { shmSize: 2 ** 60 } }),
      'sandbox.config.shmSize 1152921504606847000 is not valid',
    ],
    [
      'too large a uint32',
      withSandbox({ state: 'ready', guestMemoryBlockSizeMB: 2 ** 32 }),
      'sandbox.guestMemoryBlockSizeMB 4294967296 is not valid: expected an integer from 0 to 4294967295',
    ],
    ['a container without state', withContainer({}), 'containers["web-1"].state undefined is not valid'],
    ['a container that is undefined', withContainer(undefined), 'containers["web-1"] undefined is not valid'],
    [
      'a bad mount',
      withContainer({ state: 'ready', mounts: [{}, { source: 1 }] }),
      'containers["web-1"].mounts[1].source 1 is not valid',
    ],
    [
      'a class instance where an object is expected',
      withSandbox({ state: 'ready', network: new Date(0) }),
      'sandbox.network is an instance of Date',
    ],
    [
      'a class instance in an unknown field',
      withContainer({ state: 'ready', mine: new Map() }),
      'containers["web-1"].mine is an instance of Map',
    ],
    ['a function', withContainer({ state: 'ready', onExit() {} }), 'containers["web-1"].onExit is a function'],
    ['a cycle', withSandbox(cycle), 'sandbox.self[0] refers back to sandbox'],
    ['NaN', withSandbox({ state: 'ready', load: Number.NaN }), 'sandbox.load is NaN'],
    ['undefined in an array', withSandbox({ state: 'ready', mine: [undefined] }), 'sandbox.mine[0] is undefined'],
    [
      'an instance of a class',
      withSandbox(Object.assign(new (class Sandbox {})(), { state: 'ready' })),
      'sandbox is an instance of Sandbox',
    ],
  ])('%s is refused before any I/O, naming the path', async (_, input, message) => {
    const { store, calls } = open();
    await expect(store.save('web', input as SandboxInput)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
      operation: 'save',
      key: 'default/sandboxes/web',
    });
    expect(calls()).toBe(0);
  });

  test('that is refused leaves the old one as it was', async () => {
    const { store } = open();
    const revision = await store.save('web', state);
    await expect(store.save('web', withSandbox({ state: 'no' }) as unknown as SandboxInput)).rejects.toThrow();
    expect((await store.load('web')).revision).toBe(revision);
  });
});

describe('conditions and callbacks', () => {
  test.each([[''], [1], [null], [{}]])('ifRevision %o is refused before any I/O', async (bad) => {
    const ifRevision = bad as string;
    const { store, calls } = open();
    const refused = { code: 'INVALID_ARGUMENT', message: expect.stringMatching(/^ifRevision .* is not valid/) };
    await expect(store.save('web', state, { ifRevision })).rejects.toMatchObject(refused);
    await expect(store.destroy('web', { ifRevision })).rejects.toMatchObject(refused);
    await expect(store.globals.write('g', new Uint8Array(), { ifRevision })).rejects.toMatchObject(refused);
    await expect(store.globals.remove('g', { ifRevision })).rejects.toMatchObject(refused);
    expect(calls()).toBe(0);
  });

  test("'absent' is no revision that could be destroyed", async () => {
    const { store, calls } = open();
    const refused = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('ifRevision "absent"') };
    await expect(store.destroy('web', { ifRevision: 'absent' })).rejects.toMatchObject(refused);
    await expect(store.globals.remove('g', { ifRevision: 'absent' })).rejects.toMatchObject(refused);
    expect(calls()).toBe(0);
  });

  test('mutate has to be a function', async () => {
    const { store, calls } = open();
    await expect(store.update('web', {} as () => void)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'mutate of type object is not valid: expected a function',
    });
    expect(calls()).toBe(0);
  });
});

describe('options that are no object', () => {
  const none = null as unknown as undefined;
  const first = (ids: AsyncIterable<string>) => ids[Symbol.asyncIterator]().next();

  test.each<[string, (store: SandboxStore) => Promise<unknown>]>([
    ['save', (store) => store.save('web', state, none)],
    ['load', (store) => store.load('web', none)],
    ['find', (store) => store.find('web', none)],
    ['update', (store) => store.update('web', () => {}, none)],
    ['destroy', (store) => store.destroy('web', none)],
    ['lock', (store) => store.lock('web', none)],
    ['list', (store) => first(store.list(none))],
    ['globals.write', (store) => store.globals.write('g', new Uint8Array(), none)],
    ['globals.read', (store) => store.globals.read('g', none)],
    ['globals.remove', (store) => store.globals.remove('g', none)],
    ['globals.list', (store) => first(store.globals.list(none))],
  ])('%s refuses them before any I/O', async (operation, call) => {
    const { store, calls } = open();
    await expect(call(store)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'options null is not valid: expected an object, or undefined',
      operation,
    });
    expect(calls()).toBe(0);
  });

  test('are refused by the store itself', () => {
    expect(() => new SandboxStore(memoryDriver(), none)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('options null') }),
    );
  });
});

describe('the options of a store', () => {
  const schema = (field: string) => ({
    sandbox: field === 'sandbox' ? {} : goodSchema,
    container: field === 'container' ? null : goodSchema,
  });
  const goodSchema = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } };

  test.each<[string, unknown]>([
    ['namespace', { namespace: 'a/b' }],
    ['namespace', { namespace: '' }],
    ['namespace', { namespace: null }],
    ['schema.sandbox', { schema: schema('sandbox') }],
    ['schema.container', { schema: schema('container') }],
    ['schema.sandbox', { schema: { sandbox: { '~standard': { ...goodSchema['~standard'], version: 2 } } } }],
    ['schema.sandbox', { schema: null }],
    ['migrations', { migrations: {} }],
    ['migrations', { migrations: [1] }],
    ['checkTransitions', { checkTransitions: 'yes' }],
    ['onEvent', { onEvent: {} }],
  ])('%s: %o is refused', (field, options) => {
    const make = () => new SandboxStore(memoryDriver(), options as object);
    expect(make).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(`^${field} .* is not valid: expected`),
      }),
    );
  });

  test.each([[undefined], [null], [{}], [{ specVersion: 2 }]])('%o is no driver', (driver) => {
    expect(() => new SandboxStore(driver as unknown as PersistDriver)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('specVersion 1') }),
    );
  });
});
