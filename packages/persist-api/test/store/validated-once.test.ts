import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  checkOnly,
  type Document,
  MemoryStorage,
  type Migration,
  memoryDriver,
  SandboxStore,
} from '../../src/index.js';

/** A store whose schema counts what it validates. */
function counting(storage: MemoryStorage, migrations: readonly Migration[] = []) {
  let count = 0;
  const state = z.looseObject({ size: z.union([z.number(), z.bigint()]).optional() }).refine(() => {
    count += 1;
    return true;
  });
  const schema = { sandbox: checkOnly<object>(state), container: checkOnly<object>(state) };
  const driver = memoryDriver({ storage });
  const store = new SandboxStore(driver, { schema, migrations });
  /** How often the schema was asked while `run` ran. */
  const validations = async (run: () => Promise<unknown>) => {
    const before = count;
    await run();
    return count - before;
  };
  return { driver, store, validations };
}

const state = { sandbox: { size: 1 }, containers: new Map([['a', { size: 2 }]]) };
const key = 'default/sandboxes/web';

test('what a store saved or loaded itself is not validated again', async () => {
  const storage = new MemoryStorage();
  const { store, validations } = counting(storage);
  expect(await validations(() => store.save('web', state))).toBe(2);
  expect(await validations(() => store.load('web'))).toBe(0);
  expect(await validations(() => store.update('web', (draft) => void (draft.sandbox = { size: 3 })))).toBe(2);
  expect(await validations(() => store.load('web'))).toBe(0);
  const other = counting(storage);
  expect(await other.validations(() => other.store.load('web'))).toBe(2);
  expect(await other.validations(() => other.store.load('web'))).toBe(0);
});

test('what somebody else wrote since is validated', async () => {
  const { driver, store, validations } = counting(new MemoryStorage());
  await store.save('web', state);
  const document = await driver.read(key);
  await driver.write(key, document?.data ?? new Uint8Array());
  expect(await validations(() => store.load('web'))).toBe(2);
  const text = String(Buffer.from(document?.data ?? []));
  await driver.write(key, Buffer.from(text.replace('"size":2', '"size":"two"')));
  await expect(store.load('web')).rejects.toMatchObject({ code: 'CORRUPT' });
  await expect(store.load('web')).rejects.toMatchObject({ code: 'CORRUPT' });
});

test('what JSON gives back otherwise is validated when it is loaded', async () => {
  const { store, validations } = counting(new MemoryStorage());
  for (const sandbox of [{ size: undefined }, { size: 5n }]) {
    await store.save('web', { sandbox, containers: new Map() });
    expect(await validations(() => store.load('web'))).toBe(1);
  }
  for (const sandbox of [{ size: 2n ** 60n }, { list: [2 ** 60] }]) {
    await store.save('web', { sandbox, containers: new Map() });
    expect(await validations(() => store.load('web'))).toBe(0);
    expect((await store.load('web')).sandbox).toEqual(sandbox);
  }
});

test('what a driver damages is CORRUPT, though its version is known', async () => {
  const driver = memoryDriver();
  let damage: (text: string) => string | Buffer = (text) => text;
  const read = driver.read.bind(driver);
  driver.read = async (key) => {
    const { data, version } = (await read(key)) as Document;
    const damaged = damage(String(Buffer.from(data)));
    return { data: typeof damaged === 'string' ? Buffer.from(damaged) : damaged, version };
  };
  const store = new SandboxStore(driver);
  await store.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
  expect((await store.load('web')).sandbox.state).toBe('ready');
  const other = (text: string) => text.replace('"id":"web"', '"id":"wob"');
  const toLatin1 = (text: string) => Buffer.from(text.replace('ready', 'r\u00e9ady'), 'latin1');
  for (const broken of [
    (text: string) => text.slice(1),
    () => '{}',
    () => 'null',
    () => '{"id":"web","containers":{}}',
    other,
    toLatin1,
  ]) {
    damage = broken;
    await expect(store.load('web')).rejects.toMatchObject({ code: 'CORRUPT' });
  }
});

test('what a migration made is validated each time', async () => {
  const storage = new MemoryStorage();
  await counting(storage).store.save('web', state);
  const { store, validations } = counting(storage, [() => {}]);
  expect(await validations(() => store.load('web'))).toBe(2);
  expect(await validations(() => store.load('web'))).toBe(2);
});

test('the snapshot of an update is like any other', async () => {
  const { store } = counting(new MemoryStorage());
  await store.save('web', state);
  const updated = await store.update('web', (draft) => void (draft.sandbox = { size: 3 }));
  expect(Object.keys(updated)).toEqual(Object.keys(await store.load('web')));
  expect({ ...updated }).toEqual(await store.load('web'));
  const other = await store.update('web', () => {});
  other.sandbox = { size: 4 };
  expect(other.sandbox).toEqual({ size: 4 });
  expect(other.containers).toEqual(state.containers);
  other.containers.delete('a');
  expect(other.containers).toEqual(new Map());
});
