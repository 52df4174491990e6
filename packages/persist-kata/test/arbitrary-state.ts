import { int32, int64, uint8, uint16, uint32, uint64 } from '@sandkeep/persist-api';
import fc from 'fast-check';
import type { z } from 'zod';
import { type Types, typesOf } from '../src/go-json/typed-value.js';

type Schema = z.core.$ZodType;
type Def = z.core.$ZodTypes['_zod']['def'];

const asInteger = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
const bits64 = (min: bigint, max: bigint) =>
  fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 2n ** 53n), fc.nat().map(BigInt)).map(asInteger);

const integers = new Map<Schema, fc.Arbitrary<unknown>>([
  [int32, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  [uint8, fc.nat(2 ** 8 - 1)],
  [uint16, fc.nat(2 ** 16 - 1)],
  [uint32, fc.nat(2 ** 32 - 1)],
  [int64, bits64(-(2n ** 63n), 2n ** 63n - 1n)],
  [uint64, bits64(0n, 2n ** 64n - 1n)],
]);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', '<&>\u2028\u2029\b\f\\b', '\ufeff\uffff\u{10ffff}', '\ud800', '10', 'ID'),
);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const time = fc.constantFrom('0001-01-01T00:00:00Z', '2021-05-05T14:51:00.123456789+02:00', '8884-04-24T09:22:35.4Z');
const unknownName = text.map((name) => `?${name}`);

const { plain } = fc.letrec((tie) => ({
  plain: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    text,
    finite,
    fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(asInteger),
    fc.array(tie('plain'), { maxLength: 3 }),
    fc.dictionary(text, tie('plain'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

/** Any value that a schema of a tree or item admits, with unknown fields on every level. */
export function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  const integer = integers.get(schema);
  if (integer !== undefined) return integer;
  const types = typesOf(schema);
  if (types !== undefined) return typedValueOf(types);
  const def = schema._zod.def as Def;
  switch (def.type) {
    case 'optional':
      return arbitraryOf(def.innerType);
    case 'nullable':
      return fc.oneof(fc.constant(null), { weight: 5, arbitrary: arbitraryOf(def.innerType) });
    case 'string':
      return 'format' in def && def.format === 'datetime' ? time : text;
    case 'boolean':
      return fc.boolean();
    case 'number':
      return finite;
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'unknown':
      return plain;
    case 'array':
      return fc.array(arbitraryOf(def.element), { maxLength: 3 });
    case 'union':
      return fc.oneof(...def.options.map(arbitraryOf));
    case 'record': {
      const { checks } = def.keyType._zod.def as { checks?: unknown[] };
      const key = checks === undefined ? text : bits64(-(2n ** 63n), 2n ** 63n - 1n).map(String);
      return fc.dictionary(key, arbitraryOf(def.valueType), { maxKeys: 4, noNullPrototype: true });
    }
    case 'object':
      return structOf(def.shape);
    default:
      throw new Error(`no arbitrary for ${def.type}`);
  }
}

function structOf(shape: Readonly<Record<string, Schema>>): fc.Arbitrary<unknown> {
  const fields = Object.entries(shape).map(([name, field]) => [name, arbitraryOf(field)] as const);
  const required = Object.keys(shape).filter((name) => (shape[name]?._zod.def as Def).type !== 'optional');
  const known = fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true });
  const unknown = fc.dictionary(unknownName, plain, { maxKeys: 1, noNullPrototype: true });
  return fc.tuple(known, unknown).map(([some, more]) => ({ ...some, ...more }));
}

function typedValueOf(types: Types): fc.Arbitrary<unknown> {
  const known = Object.entries(types).map(([type, data]) =>
    fc.record({ type: fc.constant(type), data: arbitraryOf(data) }),
  );
  const unknown = fc.record({ type: text.map((name) => `?${name}`), raw: plain });
  return fc.oneof(...known, unknown);
}
