/** The known faults of Kata's persist API: each has a test that shows that it is not here. */
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, memoryDriver, SandboxStore } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { type KataSandboxInput, kataSchema, readKataSandbox, readKataTree, writeKataTree } from '../src/index.js';
import { directory, textsOf, toArray } from './trees.js';

function sandbox(id: string, ...containers: string[]): KataSandboxInput {
  return {
    id,
    sandbox: { state: 'running', cgroupPath: `/${id}` },
    containers: new Map(containers.map((one) => [one, { state: 'running' }])),
  };
}

const newStore = () => new SandboxStore(memoryDriver(), { schema: kataSchema });

test('a failed save destroys all earlier good state: here it changes nothing', async () => {
  const root = await directory();
  await writeKataTree(root, [sandbox('a', 'a', 'b')]);
  const before = textsOf(root);
  const bad = {
    ...sandbox('a', 'a'),
    containers: new Map([['a', { state: 'running', mounts: [{ source: Symbol('x') }] }]]),
  };
  await expect(writeKataTree(root, [bad as never])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(textsOf(root)).toEqual(before);
  const store = newStore();
  const revision = await store.save('a', sandbox('a', 'a', 'b'));
  await expect(store.save('a', bad as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect((await store.load('a')).revision).toBe(revision);
});

test('reading b after a gives the containers of a: here only those of b', async () => {
  const root = await directory();
  await writeKataTree(root, [sandbox('a', 'a', 'a-1'), { ...sandbox('b', 'b'), sandbox: { state: 'ready' } }]);
  await readKataSandbox(root, 'a');
  const b = await readKataSandbox(root, 'b');
  expect(b.sandbox).toEqual({ state: 'ready' });
  expect([...b.containers.keys()]).toEqual(['b']);
  const [first, second] = await toArray(readKataTree(root));
  (first as KataSandboxInput).sandbox.state = 'changed';
  expect(second).toEqual(b);
});

test('a removed container comes back: here it stays away', async () => {
  const root = await directory();
  await writeKataTree(root, [sandbox('a', 'a', 'b')]);
  await writeKataTree(root, [sandbox('a', 'a')]);
  expect([...(await readKataSandbox(root, 'a')).containers.keys()]).toEqual(['a']);
  expect(existsSync(join(root, 'sbs/a/b'))).toBe(false);
});

test.each(['..', '../x', '/tmp/x', 'a/../../x', ''])(
  'the id %j leads out of the root: here it is refused',
  async (id) => {
    const parent = await directory();
    const root = join(parent, 'root');
    const refused = { code: 'INVALID_ARGUMENT' };
    await writeKataTree(root, [sandbox('a')]);
    const before = textsOf(parent);
    await expect(writeKataTree(root, [sandbox(id)])).rejects.toMatchObject(refused);
    await expect(writeKataTree(root, [sandbox('a', id)])).rejects.toMatchObject(refused);
    await expect(readKataSandbox(root, id)).rejects.toMatchObject(refused);
    expect(textsOf(parent)).toEqual(before);
    expect(readdirSync(parent)).toEqual(['root']);
  },
);

test('no lock before the first save, two holders after delete and re-create: here the lock is of the name', async () => {
  const store = newStore();
  await using lock: Lock = await store.lock('a');
  await store.save('a', sandbox('a'));
  await store.destroy('a');
  await store.save('a', sandbox('a'));
  const refused = { code: 'LOCK_TIMEOUT', holders: [{ id: lock.holder.id }] };
  await expect(store.lock('a', { waitMs: 0 })).rejects.toMatchObject(refused);
});

test('a shorter write leaves the tail of a longer one: here nothing is left of it', async () => {
  const root = await directory();
  await writeKataTree(root, [{ ...sandbox('a'), sandbox: { state: 'running', cgroupPath: '/long'.repeat(100) } }]);
  await writeKataTree(root, [{ ...sandbox('a'), sandbox: { state: 'ready' } }]);
  expect(textsOf(root)).toEqual({ 'sbs/a/persist.json': '{"State":"ready"}\n' });
  const { globals } = newStore();
  await globals.write('name', Buffer.from('a long value'));
  await globals.write('name', Buffer.from('short'));
  expect(Buffer.from((await globals.read('name')) ?? []).toString()).toBe('short');
});

test('junk behind the JSON is accepted: here it is damage, with its position', async () => {
  const root = await directory();
  await writeKataTree(root, [sandbox('a', 'a')]);
  appendFileSync(join(root, 'sbs/a/a/persist.json'), 'tail"}');
  await expect(readKataSandbox(root, 'a')).rejects.toMatchObject({
    code: 'CORRUPT',
    message: expect.stringMatching(/sbs\/a\/a\/persist\.json is damaged: Expected end of input .* at position 20$/),
  });
});

test('the PCI path of a device is lost: here it survives store, export and import', async () => {
  const store = newStore();
  const devices = [
    { type: 'block', blockDrive: { pciPath: '02/03' } },
    { type: 'vhost-user-blk-pci', vhostUserDev: { pciPath: '04' } },
  ];
  await store.save('a', { ...sandbox('a'), sandbox: { state: 'running', devices } });
  const root = await directory();
  await writeKataTree(root, [await store.load('a')]);
  expect((await readKataSandbox(root, 'a')).sandbox.devices).toEqual(devices);
});
