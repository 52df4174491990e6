import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  containerState,
  defaultSchema,
  memoryDriver,
  type SandboxInput,
  SandboxStore,
  sandboxState,
} from '../../src/index.js';

interface Machine {
  cpus: number;
}

/** A schema written by hand: no library, a path made of segments, and an output other than its input. */
const machine: StandardSchemaV1<{ cpus: number | string }, Machine> = {
  '~standard': {
    version: 1,
    vendor: 'by-hand',
    validate(value) {
      const { cpus } = (value ?? {}) as { cpus?: unknown };
      const count = typeof cpus === 'string' ? Number(cpus) : cpus;
      if (typeof count === 'number' && Number.isInteger(count)) return { value: { cpus: count } };
      return { issues: [{ message: 'expected a whole number', path: [{ key: 'cpus' }] }, { message: 'and more' }] };
    },
  },
};

const jail = z.object({ name: z.string(), ports: z.array(z.number()).default([]) });

describe('a schema of the caller', () => {
  const open = () => new SandboxStore(memoryDriver(), { schema: { sandbox: machine, container: jail } });

  test('gives the store its types', () => {
    const store = open();
    type Input = Parameters<typeof store.save>[1];
    expectTypeOf<Input['sandbox']>().toEqualTypeOf<{ cpus: number | string }>();
    expectTypeOf<Input['containers']>().toEqualTypeOf<
      ReadonlyMap<string, { name: string; ports?: number[] | undefined }>
    >();
    type Loaded = Awaited<ReturnType<typeof store.load>>;
    expectTypeOf<Loaded['sandbox']>().toEqualTypeOf<Machine>();
    expectTypeOf<Loaded['containers']>().toEqualTypeOf<Map<string, { name: string; ports: number[] }>>();
    expectTypeOf<Parameters<Parameters<typeof store.update>[1]>[0]['sandbox']>().toEqualTypeOf<Machine>();
  });

  test('makes what is stored: its output', async () => {
    const driver = memoryDriver();
    const store = new SandboxStore(driver, { schema: { sandbox: machine, container: jail } });
    await store.save('web', { sandbox: { cpus: '4' }, containers: new Map([['a', { name: 'a' }]]) });
    const stored = JSON.parse(Buffer.from((await driver.read('default/sandboxes/web'))?.data ?? []).toString());
    expect(stored).toMatchObject({ sandbox: { cpus: 4 }, containers: { a: { name: 'a', ports: [] } } });
    const updated = await store.update('web', (draft) => {
      draft.sandbox.cpus += 1;
      draft.containers.get('a')?.ports.push(80);
    });
    expect(updated).toMatchObject({ sandbox: { cpus: 5 }, containers: new Map([['a', { name: 'a', ports: [80] }]]) });
  });

  test('refuses with path, value, what was expected, and how many more there are', async () => {
    const store = open();
    const invalid = (message: string) => ({ code: 'INVALID_ARGUMENT', message });
    await expect(store.save('web', { sandbox: { cpus: 'many' }, containers: new Map() })).rejects.toMatchObject(
      invalid('sandbox.cpus "many" is not valid: expected a whole number (and 1 more)'),
    );
    const containers = new Map([['a', { name: 'a', ports: [80, '81'] as number[] }]]);
    await expect(store.save('web', { sandbox: { cpus: 1 }, containers })).rejects.toMatchObject(
      invalid('containers.a.ports[1] "81" is not valid: Invalid input: expected number, received string'),
    );
  });

  test('that refuses what is stored makes it CORRUPT', async () => {
    const driver = memoryDriver();
    await new SandboxStore(driver).save('web', { sandbox: { state: 'ready' }, containers: new Map() });
    const store = new SandboxStore(driver, { schema: { sandbox: machine, container: jail } });
    await expect(store.find('web')).rejects.toMatchObject({
      code: 'CORRUPT',
      message:
        'the document default/sandboxes/web is damaged: sandbox.cpus undefined is not valid: expected a whole number (and 1 more)',
      key: 'default/sandboxes/web',
      operation: 'find',
    });
  });

  test('whose output cannot be stored is refused, naming the path', async () => {
    const date = z.object({ at: z.string().transform((text) => new Date(text)) });
    const store = new SandboxStore(memoryDriver(), { schema: { sandbox: date, container: jail } });
    await expect(store.save('web', { sandbox: { at: '2026-01-01' }, containers: new Map() })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('sandbox.at is an instance of Date'),
    });
    const nothing: StandardSchemaV1<unknown, unknown> = {
      '~standard': { version: 1, vendor: 'x', validate: () => ({ value: undefined }) },
    };
    const empty = new SandboxStore(memoryDriver(), { schema: { sandbox: nothing, container: nothing } });
    await expect(empty.save('web', { sandbox: 1, containers: new Map() })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'sandbox 1 is not valid: expected a state',
    });
  });

  test('that does not accept its own output: refused before any I/O, as nobody could load it', async () => {
    const driver = memoryDriver();
    const number = z.object({ n: z.string().transform(Number) });
    const store = new SandboxStore(driver, { schema: { sandbox: z.looseObject({}), container: number } });
    const refused = store.save('web', { sandbox: {}, containers: new Map([['a', { n: '5' }]]) });
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/^the schema does not accept its own output: containers\.a\.n 5 is not valid: /),
    });
    expect(await driver.read('default/sandboxes/web')).toBeUndefined();
  });

  test('that throws: its error passes unchanged', async () => {
    const bug = new Error('bug');
    const broken: StandardSchemaV1<unknown, unknown> = {
      '~standard': {
        version: 1,
        vendor: 'x',
        validate: () => {
          throw bug;
        },
      },
    };
    const store = new SandboxStore(memoryDriver(), { schema: { sandbox: broken, container: broken } });
    await expect(store.save('web', { sandbox: 1, containers: new Map() })).rejects.toBe(bug);
  });

  test('can be the default one, extended', async () => {
    const schema = { sandbox: sandboxState.extend({ owner: z.string() }), container: containerState };
    const store = new SandboxStore(memoryDriver(), { schema });
    await store.save('web', { sandbox: { state: 'ready', owner: 'me', mine: 1 }, containers: new Map() });
    expect((await store.load('web')).sandbox).toEqual({ state: 'ready', owner: 'me', mine: 1 });
    const withoutOwner = { sandbox: { state: 'ready' }, containers: new Map() } as unknown as SandboxInput<
      typeof schema
    >;
    await expect(store.save('web', withoutOwner)).rejects.toThrow('sandbox.owner undefined is not valid');
  });

  test('can be given for one of the two', async () => {
    const store = new SandboxStore(memoryDriver(), { schema: { ...defaultSchema, sandbox: machine } });
    await store.save('web', { sandbox: { cpus: 1 }, containers: new Map([['a', { state: 'ready' }]]) });
    expect((await store.load('web')).containers).toEqual(new Map([['a', { state: 'ready' }]]));
  });
});

describe('an asynchronous schema', () => {
  const later = (schema: z.ZodType<{ n: number }>): StandardSchemaV1<{ n: number }> => ({
    '~standard': {
      version: 1,
      vendor: 'later',
      validate: async (value) => {
        await Promise.resolve();
        return schema['~standard'].validate(value);
      },
    },
  });
  const counted = later(z.object({ n: z.number() }));

  test('validates on save, load and update', async () => {
    const store = new SandboxStore(memoryDriver(), { schema: { sandbox: counted, container: counted } });
    await store.save('web', { sandbox: { n: 1 }, containers: new Map([['a', { n: 2 }]]) });
    const updated = await store.update('web', (draft) => {
      draft.sandbox.n += 1;
    });
    expect(updated).toMatchObject({ sandbox: { n: 2 }, containers: new Map([['a', { n: 2 }]]) });
    const bad = { sandbox: { n: 1 }, containers: new Map([['a', { n: 'x' as unknown as number }]]) };
    await expect(store.save('web', bad)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('containers.a.n "x"'),
    });
  });

  test('may refuse both sandbox and container: one error, and nothing left unhandled', async () => {
    const store = new SandboxStore(memoryDriver(), { schema: { sandbox: counted, container: counted } });
    const bad = { sandbox: {} as { n: number }, containers: new Map([['a', {} as { n: number }]]) };
    await expect(store.save('web', bad)).rejects.toThrow('sandbox.n undefined');
  });
});
