import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryDriver, PersistError, SandboxStore } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { exportKataTree, importKataTree, kataSchema, type Transferred, writeKataTree } from '../src/index.js';
import { directory, fixture, textsOf, toArray, valuesOf } from './trees.js';

const state = (id: string, name = 'running') => ({ id, sandbox: { state: name }, containers: new Map() });

async function treeOf(...ids: string[]): Promise<string> {
  const root = await directory();
  await writeKataTree(
    root,
    ids.map((id) => state(id)),
  );
  return root;
}

function newStore() {
  const driver = memoryDriver();
  return { driver, store: new SandboxStore(driver, { schema: kataSchema }) };
}

const outcomes = (transfers: readonly Transferred[]) => transfers.map(({ id, outcome }) => `${id} ${outcome}`);

test.each(['kata-1', 'kata-2', 'kata-4'])('%s goes into a store and out again with the same values', async (name) => {
  const { store } = newStore();
  const root = await directory();
  expect(outcomes(await toArray(importKataTree(fixture(name), store)))).toEqual([
    expect.stringMatching(/^\w+ written$/),
  ]);
  expect(outcomes(await toArray(exportKataTree(store, root)))).toEqual([expect.stringMatching(/^\w+ written$/)]);
  expect(valuesOf(root)).toEqual(valuesOf(fixture(name)));
  expect(outcomes(await toArray(importKataTree(root, store)))).toEqual([expect.stringMatching(/^\w+ unchanged$/)]);
  expect(outcomes(await toArray(exportKataTree(store, root)))).toEqual([expect.stringMatching(/^\w+ unchanged$/)]);
});

test('what concerns one sandbox does not keep the others back', async () => {
  const { store } = newStore();
  const transfers = await toArray(importKataTree(fixture('damaged'), store));
  expect(outcomes(transfers)).toEqual([
    ...['bad-container failed', 'empty failed', 'good written', 'junk failed', 'no state at all failed'],
    ...['no-state skipped', 'truncated failed', 'wrong-type failed', 'zeroed failed', 'zz-last written'],
  ]);
});

test('a store that is out of reach ends it, and what was done stays done', async () => {
  const { driver, store } = newStore();
  const root = await treeOf('a', 'b', 'c');
  const { write } = driver;
  driver.write = async (key, ...rest) => {
    if (key.endsWith('/b')) throw new PersistError('UNAVAILABLE', 'the store is out of reach');
    return write.call(driver, key, ...rest);
  };
  const seen: Transferred[] = [];
  const run = async () => {
    for await (const one of importKataTree(root, store)) seen.push(one);
  };
  await expect(run()).rejects.toThrow('the store is out of reach');
  expect(outcomes(seen)).toEqual(['a written']);
  driver.write = write;
  expect(outcomes(await toArray(importKataTree(root, store)))).toEqual(['a unchanged', 'b written', 'c written']);
});

test('a signal ends it before the next sandbox', async () => {
  const { store } = newStore();
  const root = await treeOf('a', 'b');
  const interrupted = new AbortController();
  const seen: Transferred[] = [];
  const run = async () => {
    for await (const one of importKataTree(root, store, { signal: interrupted.signal })) {
      seen.push(one);
      interrupted.abort(new Error('enough'));
    }
  };
  await expect(run()).rejects.toThrow('enough');
  expect(outcomes(seen)).toEqual(['a written']);
  const target = join(await directory(), 'vc');
  await expect(toArray(exportKataTree(store, target, { signal: interrupted.signal }))).rejects.toThrow('enough');
});

test('somebody who saves meanwhile is not overwritten', async () => {
  const { driver, store } = newStore();
  const root = await treeOf('a');
  const { write } = driver;
  driver.write = async (key, ...rest) => {
    driver.write = write;
    await store.save('a', state('a', 'paused'));
    return write.call(driver, key, ...rest);
  };
  expect(outcomes(await toArray(importKataTree(root, store)))).toEqual(['a conflict']);
  expect((await store.load('a')).sandbox.state).toBe('paused');
});

test('the order of fields makes no difference, and a missing field is not null', async () => {
  const { store } = newStore();
  const root = await directory();
  await writeKataTree(root, [state('a'), state('b')]);
  await store.save('a', { ...state('a'), sandbox: { state: 'running', devices: null } });
  await store.save('b', state('b'));
  writeFileSync(join(root, 'sbs/b/persist.json'), '{"More":{"b":1,"a":2},"State":"running"}');
  await toArray(importKataTree(root, store, { overwrite: true }));
  writeFileSync(join(root, 'sbs/b/persist.json'), '{"State":"running","More":{"a":2,"b":1}}');
  writeFileSync(join(root, 'sbs/a/persist.json'), '{"State":"running","Devices":null}');
  expect(outcomes(await toArray(importKataTree(root, store)))).toEqual(['a conflict', 'b unchanged']);
});

test('a dry run tells the same and changes nothing', async () => {
  const { store } = newStore();
  const root = await treeOf('a', 'b');
  await store.save('b', state('b', 'paused'));
  expect(outcomes(await toArray(importKataTree(root, store, { dryRun: true })))).toEqual(['a written', 'b conflict']);
  expect(await toArray(store.list())).toEqual(['b']);
  const before = textsOf(root);
  expect(outcomes(await toArray(exportKataTree(store, root, { dryRun: true, overwrite: true })))).toEqual([
    'b written',
  ]);
  expect(textsOf(root)).toEqual(before);
});

test('a directory without state in the place of a sandbox does not hinder an export', async () => {
  const { store } = newStore();
  const root = await directory();
  mkdirSync(join(root, 'sbs/a/theirs'), { recursive: true });
  await store.save('a', state('a'));
  expect(outcomes(await toArray(exportKataTree(store, root)))).toEqual(['a written']);
  expect(textsOf(root)).toEqual({ 'sbs/a/persist.json': '{"State":"running"}\n' });
});
