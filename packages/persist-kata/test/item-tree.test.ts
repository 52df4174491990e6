import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryDriver } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { exportItemTree, ItemStore, importItemTree, type TransferredItem } from '../src/index.js';
import { directory, fixture, textsOf, toArray } from './trees.js';

const items1 = fixture('items-1');
const web = '117258bb8fe2936635dadad465fd4d982af318c34a7ebdaaea9fb3cbba56bc66';
const texts = textsOf(items1);

const outcomes = (transferred: readonly TransferredItem[]) => [...new Set(transferred.map(({ outcome }) => outcome))];
const troubles = (root: string, transferred: readonly TransferredItem[]) =>
  transferred
    .filter(({ outcome }) => outcome !== 'written')
    .map(({ path, outcome, error }) => [path.slice(root.length + 1), outcome, error?.code]);

/** A copy of the fixture that a test can damage. */
async function copy(): Promise<string> {
  const root = await directory();
  await cp(items1, root, { recursive: true });
  return root;
}

test('what Kata wrote is stored, and written again as it was, byte for byte', async () => {
  const store = new ItemStore(memoryDriver());
  const imported = await toArray(importItemTree(items1, store));
  expect(outcomes(imported)).toEqual(['written']);
  expect(imported.map(({ path }) => path.slice(items1.length + 1)).sort()).toEqual(
    Object.keys(texts)
      .filter((path) => !path.endsWith('/lock'))
      .sort(),
  );
  expect(await store.forSandbox(web).loadState()).toEqual({
    state: 'running',
    blockIndexMap: { '0': {}, '1': {}, '10': {} },
    guestMemoryBlockSize: 128,
    guestMemoryHotplugProbe: true,
    cgroupPath: '/kubepods/x',
    cgroupPaths: { cpu: '/sys/fs/cgroup/cpu/x' },
  });
  expect((await store.forSandbox(web).loadDevices()).map(({ type }) => type)).toEqual([
    'generic',
    'block',
    'block',
    'block',
    'block',
    'vfio',
  ]);
  expect(await store.forContainer(web, web).load('device-ids')).toEqual([
    { id: '5af2392a948f950e', containerPath: '/dev/xvda', fileMode: 432, uid: 1000, gid: 6 },
  ]);
  expect(await store.forSandbox(web).load('uuid')).toEqual({ 'uuid-0': 'a81ba9c1-a5bd-4e64-93b7-2e37bd5d9c4d' });

  const root = await directory();
  expect(outcomes(await toArray(exportItemTree(store, root)))).toEqual(['written']);
  expect(textsOf(root)).toEqual(texts);
  for (const base of ['var/lib/vc/sbs', 'run/vc/sbs']) {
    expect(existsSync(join(root, base, web, web, 'raw')), 'Kata makes its raw files there').toBe(true);
  }
});

test('a second time changes nothing, and what differs is left unless it may be overwritten', async () => {
  const driver = memoryDriver();
  const store = new ItemStore(driver);
  await toArray(importItemTree(items1, store));
  expect(outcomes(await toArray(importItemTree(items1, store)))).toEqual(['unchanged']);
  const root = await copy();
  expect(outcomes(await toArray(exportItemTree(store, root)))).toEqual(['unchanged']);

  await store.forSandbox(web).store('agent', { url: 'changed' });
  const conflict = [[`run/vc/sbs/${web}/agent.json`, 'conflict', 'CONFLICT']];
  const others = ({ outcome }: TransferredItem) => outcome !== 'unchanged';
  expect(troubles(items1, (await toArray(importItemTree(items1, store))).filter(others))).toEqual(conflict);
  expect(troubles(root, (await toArray(exportItemTree(store, root))).filter(others))).toEqual(conflict);
  expect(await store.forSandbox(web).load('agent')).toEqual({ url: 'changed' });
  expect(textsOf(root)).toEqual(texts);

  await toArray(exportItemTree(store, root, { overwrite: true }));
  expect(readFileSync(join(root, `run/vc/sbs/${web}/agent.json`), 'utf8')).toBe('{"URL":"changed"}');
  await toArray(importItemTree(items1, store, { overwrite: true }));
  expect(await store.forSandbox(web).load('agent')).toEqual({ proxyPid: 4244, url: 'vsock://3:1024' });
});

test('a dry run tells the same and changes nothing', async () => {
  const store = new ItemStore(memoryDriver());
  expect(outcomes(await toArray(importItemTree(items1, store, { dryRun: true })))).toEqual(['written']);
  expect(await toArray(store.entries())).toEqual([]);
  await toArray(importItemTree(items1, store));
  const root = await directory();
  expect(outcomes(await toArray(exportItemTree(store, root, { dryRun: true })))).toEqual(['written']);
  expect(textsOf(root)).toEqual({});
});

test('one that was interrupted goes on', async () => {
  const store = new ItemStore(memoryDriver());
  const stop = new AbortController();
  const seen: TransferredItem[] = [];
  const interrupted = async () => {
    for await (const one of importItemTree(items1, store, { signal: stop.signal })) {
      seen.push(one);
      if (seen.length === 3) stop.abort(new Error('enough'));
    }
  };
  await expect(interrupted()).rejects.toThrow('enough');
  expect(seen).toHaveLength(3);
  const rest = await toArray(importItemTree(items1, store));
  expect(rest.filter(({ outcome }) => outcome === 'unchanged')).toHaveLength(3);
  expect(outcomes(rest).sort()).toEqual(['unchanged', 'written']);
});

test('what is damaged is told, with its file and position, and everything else is stored', async () => {
  const root = await copy();
  const state = join(root, 'run/vc/sbs', web);
  writeFileSync(join(state, 'agent.json'), '{"ProxyPid":1}}');
  writeFileSync(join(state, 'network.json'), '');
  writeFileSync(join(state, web, 'state.json'), '{"state":"asleep"}');
  const store = new ItemStore(memoryDriver());
  const transferred = await toArray(importItemTree(root, store));
  const failed = transferred.filter(({ outcome }) => outcome === 'failed');
  expect(troubles(root, transferred)).toEqual(
    ['agent.json', 'network.json', `${web}/state.json`].map((file) => [
      `run/vc/sbs/${web}/${file}`,
      'failed',
      'CORRUPT',
    ]),
  );
  expect(failed[0]?.error?.message).toBe(
    `${join(state, 'agent.json')} is damaged: Expected end of input but got '}' at position 14`,
  );
  expect(failed[2]?.error?.message).toContain('state "asleep" is not valid');
  expect(await store.forSandbox(web).find('agent')).toBeUndefined();
  expect(await store.forSandbox(web).load('hypervisor')).toMatchObject({ pcieRootPort: 2 });
});

test('nothing leads out of the directories, and what is no file of the item store is told', async () => {
  const root = await copy();
  const secret = join(await directory(), 'secret.json');
  writeFileSync(secret, '{"URL":"secret"}');
  const sandboxes = join(root, 'run/vc/sbs');
  const state = join(sandboxes, web);
  rmSync(join(state, 'agent.json'));
  symlinkSync(secret, join(state, 'agent.json'));
  symlinkSync(join(secret, '..'), join(sandboxes, 'linked'));
  symlinkSync(secret, join(state, 'raw', 'linked'));
  writeFileSync(join(sandboxes, 'file'), '');
  mkdirSync(join(sandboxes, '-x'));
  mkdirSync(join(state, '.hidden'));
  mkdirSync(join(state, web, 'deeper'));
  writeFileSync(join(state, 'persist.json'), '{}');
  const store = new ItemStore(memoryDriver());
  const transferred = await toArray(importItemTree(root, store));
  expect(troubles(root, transferred).sort()).toEqual(
    [
      ['-x', 'INVALID_ARGUMENT'],
      [`${web}/.hidden`, 'INVALID_ARGUMENT'],
      [`${web}/${web}/deeper`, 'UNSUPPORTED'],
      [`${web}/agent.json`, 'UNSUPPORTED'],
      [`${web}/persist.json`, 'UNSUPPORTED'],
      [`${web}/raw/linked`, 'UNSUPPORTED'],
      ['file', 'UNSUPPORTED'],
      ['linked', 'UNSUPPORTED'],
    ]
      .map(([path, code]) => [`run/vc/sbs/${path}`, 'skipped', code])
      .sort(),
  );
  expect(await store.forSandbox(web).find('agent')).toBeUndefined();

  rmSync(sandboxes, { recursive: true });
  symlinkSync(join(secret, '..'), sandboxes);
  const exported = await toArray(exportItemTree(store, root, { overwrite: true }));
  const failed = exported.filter(({ outcome }) => outcome === 'failed');
  expect([...new Set(failed.map(({ error }) => error?.code))]).toEqual(['CORRUPT']);
  expect(failed).toHaveLength(Object.keys(texts).filter((path) => /^run.*(json|raw.*)$/.test(path)).length - 1);
  expect(Object.keys(textsOf(join(secret, '..')))).toEqual(['secret.json']);
});

test('items that Kata has no file for are told, and do not take the file of another', async () => {
  const store = new ItemStore(memoryDriver());
  const [sandbox, container] = [store.forSandbox('web'), store.forContainer('web', 'web-1')];
  await sandbox.storeDevices([{ type: 'block', data: { id: 'b' } }]);
  await sandbox.store('device-ids', [{ id: 'b' }]);
  await container.storeDevices([{ type: 'block', data: { id: 'b' } }]);
  await container.store('device-ids', [{ id: 'b' }]);
  const root = await directory();
  expect(troubles(root, await toArray(exportItemTree(store, root)))).toEqual([
    ['run/vc/sbs/web/web-1/devices.json', 'failed', 'UNSUPPORTED'],
    ['run/vc/sbs/web/devices.json', 'failed', 'UNSUPPORTED'],
  ]);
  expect(textsOf(root)).toMatchObject({
    'run/vc/sbs/web/devices.json': '[{"Type":"block","Data":{"ID":"b"}}]',
    'run/vc/sbs/web/web-1/devices.json': '[{"ID":"b"}]',
  });
});

test('without the directory it is NOT_FOUND', async () => {
  const store = new ItemStore(memoryDriver());
  await expect(toArray(importItemTree('/nowhere/at/all', store))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
