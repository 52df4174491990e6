import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { containerState, sandboxState, stateFieldName } from '../../src/index.js';

type GoField = { name: string; type: string; omitempty?: boolean };
type GoSchema = Record<string, GoField[]>;
type Def = z.core.$ZodTypes['_zod']['def'];

/** Values that a Go type can have in JSON, and values that it cannot. */
const primitives: Record<string, { takes: unknown[]; refuses: unknown[] }> = {
  string: { takes: ['', 'é\u0000'], refuses: [null, 1] },
  bool: { takes: [true, false], refuses: [null, 0] },
  float32: { takes: [0, 1.1], refuses: [null, Number.NaN, Number.POSITIVE_INFINITY, '1'] },
  int: {
    takes: [-(2n ** 63n), -1, 0, 2n ** 63n - 1n],
    refuses: [null, -(2n ** 63n) - 1n, 2n ** 64n, 2 ** 53, 0.5, '1'],
  },
  uint: { takes: [0, 1n, 2n ** 64n - 1n], refuses: [null, -1, -1n, 2n ** 64n, 2 ** 53, 0.5, '1'] },
  int32: { takes: [-(2 ** 31), 2 ** 31 - 1], refuses: [null, -(2 ** 31) - 1, 2 ** 31, 0.5, 1n, '1'] },
  uint32: { takes: [0, 2 ** 32 - 1], refuses: [null, -1, 2 ** 32, 0.5, 1n, '1'] },
  uint16: { takes: [0, 2 ** 16 - 1], refuses: [null, -1, 2 ** 16, 0.5, 1n, '1'] },
  'net.IP': { takes: ['', '10.88.0.5', 'fe80::1'], refuses: [null] },
  'net.IPMask': { takes: ['//8AAA==', null], refuses: [1] },
  'types.PciPath': { takes: [{}, '02/03'], refuses: [null, 1] },
  'struct {}': { takes: [{}], refuses: [null, 1] },
  'time.Time': {
    takes: ['0001-01-01T00:00:00Z', '2021-05-05T14:51:00.123456789+02:00'],
    refuses: [null, '', 'yesterday', 1],
  },
};
Object.assign(primitives, { int64: primitives.int, uint64: primitives.uint });

/** Fields whose type is wider in the other version: the schema has to take both. */
const widened: Record<string, string> = {
  'sandbox.hypervisorState.pcieRootPort': 'int',
  'sandbox.config.hypervisorConfig.memOffset': 'uint64',
};

for (const file of ['schema-1x.json', 'schema-4x.json']) {
  const goSchema: GoSchema = JSON.parse(readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8'));

  test(`${file}: every struct and field of Kata's persist API is modelled, with its type`, () => {
    const seen = new Set<string>();
    walk(goSchema, 'persistapi.SandboxState', sandboxState, 'sandbox', seen);
    walk(goSchema, 'persistapi.ContainerState', containerState, 'container', seen);
    const structs = Object.keys(goSchema).filter((name) => !(name in primitives));
    expect([...seen].sort()).toEqual(structs.sort());
  });
}

test('no field is invented', () => {
  const known = new Set<string>();
  for (const file of ['schema-1x.json', 'schema-4x.json']) {
    const goSchema: GoSchema = JSON.parse(readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8'));
    for (const field of Object.values(goSchema).flat()) known.add(stateFieldName(field.name));
  }
  const modelled = new Set<string>();
  collectFields(sandboxState, modelled);
  collectFields(containerState, modelled);
  expect([...modelled].filter((name) => !known.has(name))).toEqual([]);
});

function walk(goSchema: GoSchema, type: string, schema: z.ZodType, path: string, seen: Set<string>): void {
  const def = schema.def as Def;
  const inner = /^(?:\[\]|\*|map\[\w+\])(.*)$/.exec(type)?.[1];
  if (inner !== undefined) {
    expect(schema.safeParse(null).success, `${path} takes nil`).toBe(true);
    walk(goSchema, inner, target(schema, type), path, seen);
    return;
  }
  const underlying = /^\S+ \((\w+)\)$/.exec(type)?.[1] ?? type;
  const primitive = primitives[underlying];
  if (primitive !== undefined) {
    for (const value of primitive.takes) expect(schema.safeParse(value).success, `${path} takes ${value}`).toBe(true);
    for (const value of primitive.refuses)
      expect(schema.safeParse(value).success, `${path} refuses ${value}`).toBe(false);
    return;
  }
  const fields = goSchema[type];
  if (fields === undefined) throw new Error(`${path}: no such Go type: ${type}`);
  if (def.type !== 'object') throw new Error(`${path}: expected an object schema, not ${def.type}`);
  expect(def.catchall?._zod.def.type, `${path} keeps unknown fields`).toBe('unknown');
  seen.add(type);
  for (const field of fields) {
    if (field.name === 'PersistVersion') continue;
    const name = stateFieldName(field.name);
    const fieldPath = `${path}.${name}`;
    const fieldSchema = def.shape[name] as z.ZodType | undefined;
    if (fieldSchema === undefined) throw new Error(`${fieldPath} is missing`);
    if (name === 'state' && (type === 'persistapi.SandboxState' || type === 'persistapi.ContainerState')) continue;
    const fieldDef = fieldSchema.def as Def;
    if (fieldDef.type !== 'optional') throw new Error(`${fieldPath} is not optional`);
    walk(goSchema, widened[fieldPath] ?? field.type, fieldDef.innerType as z.ZodType, fieldPath, seen);
  }
}

/** What a nullable, array or record schema holds. */
function target(schema: z.ZodType, type: string): z.ZodType {
  const outer = schema.def as Def;
  const def = (outer.type === 'nullable' ? outer.innerType : schema)._zod.def as Def;
  if (type.startsWith('*')) return (outer.type === 'nullable' ? outer.innerType : schema) as z.ZodType;
  if (type.startsWith('[]') && def.type === 'array') return def.element as z.ZodType;
  if (type.startsWith('map[') && def.type === 'record') return def.valueType as z.ZodType;
  throw new Error(`${type} is modelled as ${def.type}`);
}

function collectFields(schema: z.core.$ZodType, names: Set<string>): void {
  const def = schema._zod.def as Def;
  if (def.type === 'optional' || def.type === 'nullable') collectFields(def.innerType, names);
  if (def.type === 'array') collectFields(def.element, names);
  if (def.type === 'record') collectFields(def.valueType, names);
  if (def.type !== 'object') return;
  for (const [name, field] of Object.entries(def.shape)) {
    names.add(name);
    collectFields(field, names);
  }
}
