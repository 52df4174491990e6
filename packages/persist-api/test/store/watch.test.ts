import {
  createDriver,
  memoryDriver,
  type PersistDriver,
  type SandboxChange,
  SandboxStore,
} from '@sandkeep/persist-api';
import { expect, test } from 'vitest';

const state = { sandbox: { state: 'ready' as const }, containers: new Map() };

/** Begins to watch. @returns the changes so far, and the loop, once the watch has started */
async function watched(store: SandboxStore, options: { initial?: boolean; signal?: AbortSignal } = {}) {
  const changes: SandboxChange[] = [];
  let started: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    started = resolve;
  });
  const following = (async () => {
    for await (const change of store.watch({ ...options, onReady: () => started() })) changes.push(change);
  })();
  following.catch(() => {});
  await ready;
  return { changes, following };
}

test('the changes of the sandboxes of a namespace are told, with their revisions', async () => {
  const driver = memoryDriver();
  const store = new SandboxStore(driver);
  await store.save('before', state);
  const controller = new AbortController();
  const { changes, following } = await watched(store, { signal: controller.signal });
  const revision = await store.save('web', state);
  await new SandboxStore(driver, { namespace: 'other' }).save('web', state);
  await store.globals.write('web', new Uint8Array(1));
  await turn();
  await store.destroy('web');
  await turn();
  controller.abort(new Error('enough'));
  await expect(following).rejects.toThrow('enough');
  expect(changes).toEqual([
    { id: 'web', type: 'saved', revision },
    { id: 'web', type: 'destroyed' },
  ]);
});

test('with initial, the sandboxes that are there are told first', async () => {
  const store = new SandboxStore(memoryDriver());
  const revision = await store.save('before', state);
  const { changes } = await watched(store, { initial: true });
  expect(changes).toEqual([{ id: 'before', type: 'saved', revision }]);
});

test('return() ends a next() that waits', async () => {
  const changes = new SandboxStore(memoryDriver()).watch()[Symbol.asyncIterator]();
  const next = changes.next();
  await changes.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('a closed driver, and options that are none, reject', async () => {
  const driver = memoryDriver();
  const store = new SandboxStore(driver);
  await expect(first(store.watch(null as never))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(first(store.watch({ signal: 1 as never }))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const waiting = first(store.watch());
  await driver.close();
  await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
});

test('a driver that cannot watch is UNSUPPORTED, with what to do', async () => {
  const memory = memoryDriver();
  const driver: PersistDriver = createDriver({
    ...(memory as unknown as Parameters<typeof createDriver>[0]),
    name: 'blind',
    capabilities: { ...memory.capabilities, watch: false },
    watch: undefined as never,
  });
  await expect(first(new SandboxStore(driver).watch())).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    operation: 'watch',
    driver: 'blind',
    message: expect.stringContaining('the blind driver cannot watch: list and compare revisions'),
  });
});

function first<T>(items: AsyncIterable<T>): Promise<IteratorResult<T>> {
  return items[Symbol.asyncIterator]().next();
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
