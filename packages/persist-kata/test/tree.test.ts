import { chmodSync, cpSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryDriver, SandboxStore } from '@sandkeep/persist-api';
import { describe, expect, test } from 'vitest';
import {
  type KataContainerState,
  type KataSandbox,
  kataSchema,
  listKataTree,
  readKataSandbox,
  readKataTree,
  writeKataSandbox,
  writeKataTree,
} from '../src/index.js';
import { directory, fixture, textsOf, toArray, valuesOf } from './trees.js';

const trees = ['kata-1', 'kata-2', 'kata-4'];

async function readWhole(root: string): Promise<KataSandbox[]> {
  return (await toArray(readKataTree(root))).map((entry) => {
    if ('error' in entry) throw entry.error;
    return entry;
  });
}

const code = (expected: string) => expect.objectContaining({ code: expected });
const running = { id: 'box', sandbox: { state: 'running' }, containers: new Map([['box', { state: 'running' }]]) };

describe('reading', () => {
  test('takes the whole state of Kata 2, under our names', async () => {
    const { id, sandbox, containers } = await readKataSandbox(fixture('kata-2'), 'web');
    expect(id).toBe('web');
    expect(sandbox).toMatchObject({
      persistVersion: 2,
      hypervisorState: { blockIndexMap: { 0: {}, 10: {} }, bridges: [{ deviceAddr: { 10: 'vfio-x' } }, {}, {}] },
      config: {
        cgroups: { cpuShares: 2048 },
        containerConfigs: [{ resources: { memory: { kernelTCP: 1048576 } } }, {}, {}],
      },
      NewInSandbox: { a: [], b: null },
    });
    expect(sandbox.devices?.map(({ type }) => type)).toEqual([
      'generic',
      ...['block', 'block', 'block', 'block'],
      ...['vfio', 'vhost-user-blk-pci', 'vhost-user-scsi-pci', 'quantum-link', 'virtio-net-pci'],
    ]);
    expect(sandbox.devices?.[2]?.blockDrive?.pciPath).toBe('02/03');
    expect(sandbox.devices?.[3]?.blockDrive).toMatchObject({ pciPath: {}, NewInBlockDrive: 18446744073709551615n });
    expect(sandbox.network?.endpoints?.map(({ type }) => type)).toEqual([
      'virtual',
      'macvlan',
      'ipvlan',
      'macvtap',
      'tap',
      'tuntap',
      'physical',
      'vhost-user',
    ]);
    expect(sandbox.network?.endpoints?.[0]?.veth?.netPair?.tapIface?.name).toBe('tap0_kata');
    expect([...containers.keys()]).toEqual(['web', 'web-1', 'web-2']);
    expect(containers.get('web')).toMatchObject({
      state: 'running',
      process: { pid: 10000, startTime: '2021-05-05T14:51:00.123456789+02:00' },
      mounts: [{}, { options: null }, { options: [] }],
    });
  });

  test('takes the list that Process was once, and any text as a state', async () => {
    const [old] = await readWhole(fixture('kata-1'));
    expect(old?.sandbox).toMatchObject({ persistVersion: 1, config: { shmSize: 18446744073709551615n } });
    expect([...(old?.containers.keys() ?? [])]).toEqual(['idle', 'old']);
    expect(old?.containers.get('old')?.process).toMatchObject([{ token: 'tok-0', pid: 10000 }, { pid: 10001 }]);
    expect(old?.containers.get('idle')?.process).toBe(null);
    const [strange] = await readWhole(fixture('kata-4'));
    expect(strange?.sandbox.state).not.toMatch(/^\w+$/);
  });

  test('each sandbox stands alone: a damaged one is told with file and position, the others are read', async () => {
    const root = fixture('damaged');
    const found = new Map((await toArray(readKataTree(root))).map((entry) => [entry.id, entry]));
    expect([...found.keys()]).toEqual(await listKataTree(root));
    expect([...found.values()].filter((entry) => !('error' in entry)).map(({ id }) => id)).toEqual(['good', 'zz-last']);
    const problemOf = (id: string) => {
      const entry = found.get(id);
      if (entry === undefined || !('error' in entry)) throw new Error(`${id} was read`);
      return `${entry.error.code} ${entry.error.message.replace(`${root}/sbs/`, '')}`;
    };
    expect(problemOf('truncated')).toBe(
      "CORRUPT truncated/persist.json is damaged: End of string '\"' expected but reached end of input at position 30",
    );
    expect(problemOf('junk')).toBe(
      "CORRUPT junk/persist.json is damaged: Expected end of input but got '}' at position 51",
    );
    expect(problemOf('empty')).toMatch(/^CORRUPT empty\/persist\.json is damaged: .* at position 0$/);
    expect(problemOf('zeroed')).toMatch(/^CORRUPT zeroed\/persist\.json is damaged: .* at position 0$/);
    expect(problemOf('wrong-type')).toMatch(
      /^CORRUPT wrong-type\/persist\.json is damaged: Devices\[0\]\.RefCount "1" is not valid: expected an integer/,
    );
    expect(problemOf('bad-container')).toMatch(
      /^CORRUPT bad-container\/b\/persist\.json is damaged: .* at position 17$/,
    );
    expect(problemOf('no-state')).toMatch(/^NOT_FOUND no-state holds no state/);
    expect(problemOf('no state at all')).toMatch(/^INVALID_ARGUMENT sandbox id "no state at all" is not valid/);
  });

  test('tells when the latest of the files was written', async () => {
    const root = await directory();
    await writeKataTree(root, [running]);
    utimesSync(join(root, 'sbs/box/persist.json'), 0, 1_600_000_000);
    utimesSync(join(root, 'sbs/box/box/persist.json'), 0, 1_700_000_000);
    expect((await readKataSandbox(root, 'box')).savedAt).toEqual(new Date(1_700_000_000_000));
  });

  test('what is missing is told', async () => {
    const root = await directory();
    await expect(toArray(readKataTree(join(root, 'none')))).rejects.toThrow(code('NOT_FOUND'));
    await expect(toArray(readKataTree(root))).rejects.toThrow(
      'has no directory sbs: expected a directory such as /run/vc',
    );
    mkdirSync(join(root, 'sbs'));
    expect(await toArray(readKataTree(root))).toEqual([]);
    await expect(readKataSandbox(root, 'none')).rejects.toThrow(code('NOT_FOUND'));
  });

  test.each(['..', '../x', '.', '', '/etc', 'a/b', 'a\0'])('the id %j is refused before any I/O', async (id) => {
    await expect(readKataSandbox('/nowhere', id)).rejects.toThrow(code('INVALID_ARGUMENT'));
  });

  test('symbolic links are not followed', async () => {
    const root = await directory();
    const outside = join(await directory(), 'outside');
    cpSync(join(fixture('kata-2'), 'sbs/web'), outside, { recursive: true });
    cpSync(outside, join(root, 'sbs/linked-container'), { recursive: true });
    symlinkSync(outside, join(root, 'sbs/linked'));
    symlinkSync(outside, join(root, 'sbs/linked-container/more'));
    mkdirSync(join(root, 'sbs/linked-file'));
    symlinkSync(join(outside, 'persist.json'), join(root, 'sbs/linked-file/persist.json'));
    const [linked, container, file] = await toArray(readKataTree(root));
    expect(linked).toMatchObject({ id: 'linked', error: { code: 'CORRUPT' } });
    expect(container).toMatchObject({
      id: 'linked-container',
      containers: new Map([
        ['web', {}],
        ['web-1', {}],
        ['web-2', {}],
      ]),
    });
    expect((container as KataSandbox).containers.size).toBe(3);
    expect(file).toMatchObject({ id: 'linked-file', error: { code: 'CORRUPT' } });
    const elsewhere = await directory();
    symlinkSync(join(root, 'sbs'), join(elsewhere, 'sbs'));
    await expect(toArray(readKataTree(elsewhere))).rejects.toThrow('links are not followed');
    symlinkSync(root, join(elsewhere, 'root'));
    expect(await toArray(readKataTree(join(elsewhere, 'root')))).toHaveLength(3);
  });

  test('what is no file does not hang', async () => {
    const root = await directory();
    mkdirSync(join(root, 'sbs/box/persist.json'), { recursive: true });
    await expect(readKataSandbox(root, 'box')).rejects.toThrow(code('CORRUPT'));
  });

  test('changes nothing, not even in a directory that cannot be written', async () => {
    const root = await directory();
    cpSync(fixture('kata-2'), root, { recursive: true });
    const stats = () =>
      readdirSync(root, { recursive: true }).map((path) => {
        const { mode, size, mtimeNs, ctimeNs, nlink } = statSync(join(root, String(path)), { bigint: true });
        return { path, mode, size, mtimeNs, ctimeNs, nlink };
      });
    chmodSync(join(root, 'sbs'), 0o500);
    const before = stats();
    await readWhole(root);
    expect(stats()).toEqual(before);
  });
});

describe('writing', () => {
  test.each(trees)('what was read of %s, byte for byte', async (tree) => {
    const root = join(await directory(), 'made', 'on the way');
    await writeKataTree(root, await readWhole(fixture(tree)));
    const { 'sbs/old/no-container/lock': _lock, ...expected } = textsOf(fixture(tree));
    expect(textsOf(root)).toEqual(expected);
  });

  test.each(trees)('%s after its way through a store has the same values', async (tree) => {
    const store = new SandboxStore(memoryDriver(), { schema: kataSchema });
    for (const found of await readWhole(fixture(tree))) await store.save(found.id, found);
    const root = await directory();
    const stored = await Promise.all((await toArray(store.list())).map((id) => store.load(id)));
    await writeKataTree(root, stored);
    expect(valuesOf(root)).toEqual(valuesOf(fixture(tree)));
  });

  test('modes, the trailing newline, and nothing besides', async () => {
    const root = await directory();
    await writeKataTree(root, [running]);
    expect(textsOf(root)).toEqual({
      'sbs/box/persist.json': '{"State":"running"}\n',
      'sbs/box/box/persist.json': '{"State":"running"}\n',
    });
    const mode = (path: string) => (statSync(join(root, path)).mode & 0o7777).toString(8);
    expect(['sbs', 'sbs/box', 'sbs/box/box'].map(mode)).toEqual(['700', '700', '700']);
    expect(['sbs/box/persist.json', 'sbs/box/box/persist.json'].map(mode)).toEqual(['600', '600']);
    expect(readdirSync(root)).toEqual(['sbs']);
  });

  test('replaces a sandbox: containers that are gone do not come back, and other files stay', async () => {
    const root = await directory();
    const containers = new Map<string, KataContainerState>([
      ['a', { state: 'ready' }],
      ['b', { state: 'ready' }],
    ]);
    await writeKataTree(root, [{ ...running, containers }]);
    writeFileSync(join(root, 'sbs/box/b/theirs'), '');
    await writeKataTree(root, [{ ...running, containers: new Map([['c', { state: 'paused' }]]) }]);
    expect(Object.keys(textsOf(root)).sort()).toEqual([
      'sbs/box/b/theirs',
      'sbs/box/c/persist.json',
      'sbs/box/persist.json',
    ]);
    expect(readdirSync(join(root, 'sbs/box')).sort()).toEqual(['b', 'c', 'persist.json']);
    expect([...(await readKataSandbox(root, 'box')).containers.keys()]).toEqual(['c']);
  });

  test("expect: 'absent' replaces nothing", async () => {
    const root = await directory();
    mkdirSync(join(root, 'sbs/box'), { recursive: true });
    await writeKataSandbox(root, running, { expect: 'absent' });
    const before = textsOf(root);
    const other = { ...running, sandbox: { state: 'stopped' } };
    await expect(writeKataSandbox(root, other, { expect: 'absent' })).rejects.toThrow(code('CONFLICT'));
    expect(textsOf(root)).toEqual(before);
    await expect(writeKataSandbox(root, other, { expect: 'present' as never })).rejects.toThrow(
      code('INVALID_ARGUMENT'),
    );
  });

  test.each([
    ['an id', { ...running, id: '../x' }, 'sandbox id "../x" is not valid'],
    ['a container id', { ...running, containers: new Map([['..', { state: '' }]]) }, 'container id ".." is not valid'],
    [
      'a value',
      { ...running, sandbox: { state: 'running', guestMemoryBlockSizeMB: -1 } },
      'sandbox: guestMemoryBlockSizeMB -1',
    ],
    ['a container', { ...running, containers: new Map([['a', {}]]) }, 'containers["a"]: state undefined is not valid'],
    ['what JSON has not', { ...running, sandbox: { state: 'running', more: () => {} } }, 'sandbox: more is a function'],
  ])('%s that is not valid is refused before anything is touched', async (_, sandbox, problem) => {
    const root = await directory();
    await writeKataTree(root, [running]);
    const before = textsOf(root);
    const write = writeKataTree(root, [sandbox as never]);
    await expect(write).rejects.toThrow(code('INVALID_ARGUMENT'));
    await expect(write).rejects.toThrow(problem);
    expect(textsOf(root)).toEqual(before);
  });

  test.each(['sbs', 'sbs/box', 'sbs/box/box'])('a symbolic link in place of %s leads nothing outside', async (link) => {
    const root = await directory();
    const outside = await directory();
    mkdirSync(join(root, link, '..'), { recursive: true });
    symlinkSync(outside, join(root, link));
    await expect(writeKataTree(root, [running])).rejects.toThrow('links are not followed');
    expect(readdirSync(outside)).toEqual([]);
  });

  test('a symbolic link in place of a file is replaced, not followed', async () => {
    const root = await directory();
    const target = join(await directory(), 'target');
    await writeFile(target, 'theirs');
    mkdirSync(join(root, 'sbs/box'), { recursive: true });
    symlinkSync(target, join(root, 'sbs/box/persist.json'));
    await writeKataTree(root, [running]);
    expect(textsOf(join(target, '..'))).toEqual({ target: 'theirs' });
    expect((await readKataSandbox(root, 'box')).sandbox.state).toBe('running');
  });

  test('removes what a process that died has staged, but not what may be in use', async () => {
    const root = await directory();
    for (const name of ['.sandkeep-staged-old', '.sandkeep-staged-new', 'other'])
      mkdirSync(join(root, name, 'box'), { recursive: true });
    for (const name of ['.sandkeep-staged-old', 'other']) utimesSync(join(root, name), 0, Date.now() / 1000 - 3700);
    await writeKataTree(root, [running]);
    expect(readdirSync(root).sort()).toEqual(['.sandkeep-staged-new', 'other', 'sbs']);
  });

  test('takes sandboxes as they come', async () => {
    const root = await directory();
    await writeKataTree(
      root,
      (async function* () {
        yield running;
        yield { ...running, id: 'other' };
      })(),
    );
    expect(await listKataTree(root)).toEqual(['box', 'other']);
  });
});
