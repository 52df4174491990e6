import { expect, test } from 'vitest';
import { MemoryStorage, memoryDriver, SandboxStore } from '../../src/index.js';

test("a sandbox's lock excludes across stores, needs no sandbox, and is one per namespace", async () => {
  const storage = new MemoryStorage();
  const [one, two] = [1, 2].map(() => new SandboxStore(memoryDriver({ storage }))) as [SandboxStore, SandboxStore];
  const elsewhere = new SandboxStore(memoryDriver({ storage }), { namespace: 'elsewhere' });
  {
    await using held = await one.lock('web', { info: 'resizing' });
    expect(held.name).toBe('default/sandboxes/web');
    await expect(two.lock('web', { waitMs: 0 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      key: 'default/sandboxes/web',
      holders: [expect.objectContaining({ info: 'resizing' })],
    });
    await using _other = await two.lock('web-2', { waitMs: 0 });
    await using _elsewhere = await elsewhere.lock('web', { waitMs: 0 });
  }
  await using _again = await two.lock('web', { waitMs: 0 });
});

test('nothing else needs the lock, and no lock is listed', async () => {
  const storage = new MemoryStorage();
  const store = new SandboxStore(memoryDriver({ storage }));
  const other = new SandboxStore(memoryDriver({ storage }));
  await using _held = await store.lock('web');
  const ids: string[] = [];
  for await (const id of other.list()) ids.push(id);
  expect(ids).toEqual([]);
  await other.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
  await other.update('web', (draft) => {
    draft.sandbox.state = 'running';
  });
  expect(await other.destroy('web')).toBe(true);
});

test('shared holders coexist', async () => {
  const store = new SandboxStore(memoryDriver());
  await using _one = await store.lock('web', { mode: 'shared', waitMs: 0 });
  await using _two = await store.lock('web', { mode: 'shared', waitMs: 0 });
  await expect(store.lock('web', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
});
