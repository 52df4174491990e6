import { inspect, isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkOnly, type Draft, MemoryStorage, memoryDriver, SandboxStore } from '../../src/index.js';

interface Container {
  size: number | bigint;
  note?: string;
}

const key = 'default/sandboxes/web';

/** A store whose schema notes the sizes of the containers that it validates. */
async function open(storage = new MemoryStorage()) {
  const validated: unknown[] = [];
  const container = z
    .looseObject({ size: z.union([z.number(), z.bigint()]) })
    .refine(({ size }) => validated.push(size));
  const schema = { sandbox: checkOnly<object>(z.looseObject({})), container: checkOnly<Container>(container) };
  const driver = memoryDriver({ storage });
  const store = new SandboxStore(driver, { schema });
  const text = async () => Buffer.from((await driver.read(key))?.data ?? []).toString();
  return { driver, store, storage, text, validated };
}

type Opened = Awaited<ReturnType<typeof open>>;
type AnyDraft = Draft<{
  sandbox: ReturnType<typeof checkOnly<object>>;
  container: ReturnType<typeof checkOnly<Container>>;
}>;

const initial = () =>
  new Map<string, Container>([
    ['a', { size: 1, note: '"a":{\n}}, 日本' }],
    ['b', { size: 2n ** 60n }],
    ['c', { size: 3 }],
  ]);

/** With its containers on lines of their own. */
async function openUpdated(): Promise<Opened> {
  const opened = await open();
  await opened.store.save('web', { sandbox: {}, containers: initial() });
  await opened.store.update('web', () => {});
  opened.validated.length = 0;
  return opened;
}

test('an update gives each container a line', async () => {
  const { text, driver } = await openUpdated();
  const lines = (await text()).split('\n');
  expect(lines.slice(1)).toEqual([
    '"a":{"size":1,"note":"\\"a\\":{\\n}}, 日本"},',
    '"b":{"size":1152921504606846976},',
    '"c":{"size":3}',
    '}}',
  ]);
  expect(lines[0]).toMatch(/^\{"layout":1,"format":1,"id":"web","savedAt":"[^"]+","sandbox":\{\},"containers":\{$/);
  await driver.close();
});

test('what an update does not look at is neither validated nor encoded again', async () => {
  const { store, text, validated } = await openUpdated();
  await store.update('web', ({ containers }) => void containers.set('c', { size: 4 }));
  expect(validated).toEqual([4]);
  await store.load('web');
  await store.update('web', ({ containers }) => void Object.assign(containers.get('a') ?? {}, { size: 5, note: 'x' }));
  expect(validated).toEqual([4, 5]);
  expect(JSON.parse(await text()).containers).toEqual({
    a: { size: 5, note: 'x' },
    b: { size: 2 ** 60 },
    c: { size: 4 },
  });
});

test('what an update changes is validated', async () => {
  const { store, text } = await openUpdated();
  const before = await text();
  const spoil = ({ containers }: AnyDraft) => void Object.assign(containers.get('b') ?? {}, { size: 'two' });
  await expect(store.update('web', spoil)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('containers.b.size "two"'),
  });
  const hide = ({ containers }: AnyDraft) =>
    void Object.assign(containers.get('b') ?? {}, { extra: { deep: Number.NaN } });
  await expect(store.update('web', hide)).rejects.toMatchObject({
    message: expect.stringContaining('containers.b.extra.deep is NaN'),
  });
  expect(await text()).toBe(before);
});

type Treatment = (containers: Map<string, Container>, id: string) => void;
const treatments: Record<string, Treatment> = {
  leave: () => {},
  look: (containers, id) => void containers.get(id),
  change: (containers, id) => void Object.assign(containers.get(id) ?? {}, { size: 7 }),
  replace: (containers, id) => void containers.set(id, { size: 8 }),
  remove: (containers, id) => void containers.delete(id),
  move: (containers, id) => {
    const state = containers.get(id) as Container;
    containers.delete(id);
    containers.set(id, state);
  },
};

const names = Object.keys(treatments);
const all = names.flatMap((a) => names.flatMap((b) => names.map((c) => [a, b, c] as const)));

test(`${all.length} ways to treat three containers, with one more or not, end as with a plain Map`, async () => {
  for (const chosen of all) {
    for (const adds of [false, true]) {
      const { store, storage } = await openUpdated();
      const mutate = (containers: Map<string, Container>) => {
        if (adds) containers.set('new', { size: 9 });
        for (const [index, id] of ['a', 'b', 'c'].entries()) treatments[chosen[index] as string]?.(containers, id);
      };
      const expected = initial();
      mutate(expected);
      const updated = await store.update('web', ({ containers }) => mutate(containers));
      const seen = [updated, await store.load('web'), await (await open(storage)).store.load('web')];
      const again = await store.update('web', () => {});
      for (const { containers } of [...seen, again]) {
        expect([...containers], `${chosen}, ${adds}`).toEqual([...expected]);
      }
    }
  }
});

test('containers come in the same order as from a load', async () => {
  const { store } = await openUpdated();
  await store.update('web', ({ containers }) => void containers.set('07', { size: 7 }).set('10', { size: 10 }));
  const updated = await store.update('web', ({ containers }) => {
    expect([...containers.keys()]).toEqual(['10', 'a', 'b', 'c', '07']);
    containers.set('9', { size: 9 });
  });
  const order = ['9', '10', 'a', 'b', 'c', '07'];
  expect([...updated.containers.keys()]).toEqual(order);
  expect([...(await store.load('web')).containers.keys()]).toEqual(order);
  await store.update('web', ({ containers }) => {
    expect([...containers].map(([id, { size }]) => [id, size])).toEqual([
      ['9', 9],
      ['10', 10],
      ['a', 1],
      ['b', 2n ** 60n],
      ['c', 3],
      ['07', 7],
    ]);
  });
});

describe('draft.containers is a Map', () => {
  const look = async (run: (containers: AnyDraft['containers']) => void) => {
    const { store } = await openUpdated();
    await store.update('web', ({ containers }) => run(containers));
  };

  test('for whoever iterates, copies, compares, prints or counts', async () => {
    await look((containers) => expect([...containers]).toEqual([...initial()]));
    await look((containers) => expect([...containers.entries()]).toEqual([...initial()]));
    await look((containers) => expect([...containers.values()]).toEqual([...initial().values()]));
    await look((containers) => expect([...containers.keys()]).toEqual(['a', 'b', 'c']));
    await look((containers) => {
      const seen: unknown[] = [];
      containers.forEach((state, id, map) => void seen.push([id, state, map === containers]));
      expect(seen).toEqual([...initial()].map(([id, state]) => [id, state, true]));
    });
    await look((containers) => expect(new Map(containers)).toEqual(initial()));
    await look((containers) => expect(containers).toEqual(initial()));
    await look((containers) => expect(isDeepStrictEqual(new Map(containers), initial())).toBe(true));
    await look((containers) => expect(inspect(containers)).toBe(inspect(initial())));
    await look((containers) =>
      expect([containers.size, containers.has('b'), containers.has('x')]).toEqual([3, true, false]),
    );
    await look((containers) => expect(containers.get('x')).toBeUndefined());
    await look((containers) => expect(containers instanceof Map).toBe(true));
  });

  test('that can be cleared', async () => {
    const { store } = await openUpdated();
    await store.update('web', ({ containers }) => containers.clear());
    expect((await store.load('web')).containers).toEqual(new Map());
    await store.update('web', ({ containers }) => void containers.set('d', { size: 1 }));
    expect((await store.load('web')).containers).toEqual(new Map([['d', { size: 1 }]]));
  });

  test('of which a clone says how to clone it', async () => {
    await look((containers) => {
      expect(() => structuredClone(containers)).toThrow('clone new Map(containers) instead');
      expect(structuredClone(new Map(containers))).toEqual(initial());
    });
  });

  test('that another store validates', async () => {
    const { store } = await openUpdated();
    const strict = { sandbox: z.looseObject({}), container: z.strictObject({ size: z.number() }) };
    const other = new SandboxStore(memoryDriver(), { schema: strict });
    await store.update('web', async ({ containers }) => {
      const saved = other.save('web', { sandbox: {}, containers: containers as never });
      await expect(saved).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    });
  });
});

test('the lines of others are not trusted', async () => {
  const { driver, store, text } = await openUpdated();
  const head = (await text()).split('\n', 1)[0];
  const nested = `${head}\n"a":{"size":1,"more":{\n"b":{"size":2}}},\n"c":{"size":3}\n}}`;
  await driver.write(key, Buffer.from(nested));
  await store.load('web');
  await store.update('web', ({ containers }) => {
    expect([...containers.keys()]).toEqual(['a', 'c']);
    containers.delete('c');
  });
  expect((await store.load('web')).containers).toEqual(new Map([['a', { size: 1, more: { b: { size: 2 } } }]]));
});

test('a driver may lay out JSON anew', async () => {
  const { driver, store } = await openUpdated();
  const { read } = driver;
  driver.read = async (...args) => {
    const document = await read.apply(driver, args);
    return document && { ...document, data: Buffer.from(Buffer.from(document.data).toString().replaceAll('\n', '')) };
  };
  await store.update('web', ({ containers }) => void containers.delete('b'));
  expect([...(await store.load('web')).containers.keys()]).toEqual(['a', 'c']);
});
