/** The known faults of the persist API that this store succeeds: each has a test that shows that it is not here. */
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContainerState, SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { toArray } from '../support/to-array.js';

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

const running: ContainerState = { state: 'running' };

function state(...containers: string[]) {
  return { sandbox: { state: 'running' as const }, containers: new Map(containers.map((id) => [id, running])) };
}

async function open() {
  const root = join(temporaryDirectory(), 'root');
  const driver = await openFsDriver({ root, create: true });
  onTestFinished(() => driver.close());
  return { root, store: new SandboxStore(driver) };
}

/** Every file below a directory, with its content. */
function contents(directory: string): Map<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'latin1')]),
  );
}

test.each([
  ['a function', () => {}],
  ['a cycle', cyclic],
  ['NaN', Number.NaN],
  ['a Date', new Date()],
])('a save that fails because of %s leaves the earlier state', async (_name, value) => {
  const { root, store } = await open();
  const revision = await store.save('box', state('c1'));
  const before = contents(root);
  const save = store.save('box', { ...state('c1'), sandbox: { state: 'stopped', annotations: { value } } as never });
  await expect(save).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(contents(root)).toEqual(before);
  expect((await store.load('box')).revision).toBe(revision);
});

test('loading one sandbox after another leaks nothing of the first', async () => {
  const { store } = await open();
  await store.save('a', { ...state('a1', 'a2'), sandbox: { state: 'running', cgroupPath: '/a' } });
  await store.save('b', state('b1'));
  await store.load('a');
  const b = await store.load('b');
  expect([...b.containers.keys()]).toEqual(['b1']);
  expect(b.sandbox).toEqual({ state: 'running' });
});

test('a container that was removed stays away', async () => {
  const { store } = await open();
  await store.save('box', state('c1', 'c2'));
  await store.save('box', state('c1'));
  expect([...(await store.load('box')).containers.keys()]).toEqual(['c1']);
});

test.each(['..', '.', '../x', 'a/b', '/etc', '', 'a\0b', 'x'.repeat(256), 'a\\b', ' ', '-x', '.hidden', 'ü'])(
  'the id %j touches nothing',
  async (id) => {
    const { root, store } = await open();
    await store.save('box', state('c1'));
    const before = contents(join(root, '..'));
    const refused = { code: 'INVALID_ARGUMENT' };
    await expect(store.save(id, state())).rejects.toMatchObject(refused);
    await expect(store.save('box', state(id))).rejects.toMatchObject(refused);
    await expect(store.load(id)).rejects.toMatchObject(refused);
    await expect(store.find(id)).rejects.toMatchObject(refused);
    await expect(store.update(id, () => {})).rejects.toMatchObject(refused);
    await expect(store.destroy(id)).rejects.toMatchObject(refused);
    await expect(store.lock(id)).rejects.toMatchObject(refused);
    if (id !== 'a/b') await expect(store.globals.write(id, new Uint8Array(1))).rejects.toMatchObject(refused);
    expect(contents(join(root, '..'))).toEqual(before);
  },
);

test('there is a lock before the first save, and it has one holder after destroy and save', async () => {
  const { store } = await open();
  await using lock = await store.lock('box');
  const refused = { code: 'LOCK_TIMEOUT', holders: [{ id: lock.holder.id }] };
  await expect(store.lock('box', { waitMs: 0 })).rejects.toMatchObject(refused);
  await store.save('box', state());
  await store.destroy('box');
  await store.save('box', state());
  await expect(store.lock('box', { waitMs: 0 })).rejects.toMatchObject(refused);
  expect(lock.signal.aborted).toBe(false);
});

test('a shorter global leaves nothing of a longer one', async () => {
  const { store } = await open();
  await store.globals.write('some/name', Buffer.from('a long value'));
  await store.globals.write('some/name', Buffer.from('short'));
  expect(Buffer.from((await store.globals.read('some/name')) ?? []).toString()).toBe('short');
});

test('junk behind a state is damage', async () => {
  const { root, store } = await open();
  await store.save('box', state());
  await store.save('other', state());
  appendFileSync(join(root, 'default/sandboxes/box.json'), '{}');
  await expect(store.load('box')).rejects.toMatchObject({ code: 'CORRUPT' });
  expect(await toArray(store.list())).toEqual(['box', 'other']);
  expect((await store.load('other')).sandbox.state).toBe('running');
});

test('the PCI path of a block device is kept', async () => {
  const { store } = await open();
  const device = { type: 'block', blockDrive: { pciPath: '02/03' } };
  await store.save('box', { ...state(), sandbox: { state: 'running', devices: [device] } });
  expect((await store.load('box')).sandbox.devices).toEqual([device]);
});
