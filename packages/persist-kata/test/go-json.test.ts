import { goTypes, int64, pciPath, uint64 } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { GoJsonCodec } from '../src/index.js';

const { integerMap, map, slice, struct } = goTypes;

const part = struct({ id: z.string(), refCount: uint64 });
const codec = new GoJsonCodec(
  struct({
    id: z.string(),
    cgroupPath: z.string(),
    share: z.number(),
    pciPath,
    options: map(z.string()),
    indexes: integerMap(struct({})),
    parts: slice(part),
    either: z.union([struct({ pid: int64 }), slice(struct({ pid: int64 }))]),
  }),
);

/** Decodes, and checks that it is encoded as the same text again. */
function roundTrip(json: string) {
  const value = codec.decode(json);
  expect(codec.encode(value)).toBe(json);
  return value;
}

test('fields have our names here and Go names there', () => {
  expect(roundTrip('{"ID":"a","CgroupPath":"/","Parts":[{"ID":"p","RefCount":1}]}')).toEqual({
    id: 'a',
    cgroupPath: '/',
    parts: [{ id: 'p', refCount: 1 }],
  });
});

test('integers are exact at any size', () => {
  expect(
    roundTrip('{"Parts":[{"RefCount":18446744073709551615},{"RefCount":9007199254740992},{"RefCount":7}]}'),
  ).toEqual({ parts: [{ refCount: 18446744073709551615n }, { refCount: 9007199254740992n }, { refCount: 7 }] });
});

test('unknown fields are kept as they are, on every level', () => {
  const json = '{"ID":"","New":{"Deep":[1,18446744073709551615,null]},"Parts":[{"id_":"x","7":[],"__proto__":1}]}';
  const value = roundTrip(json.replace('"id_":"x","7":[]', '"7":[],"id_":"x"'));
  expect(value).toMatchObject({ New: { Deep: [1, 18446744073709551615n, null] } });
  expect(Object.getPrototypeOf(value.parts?.[0])).toBe(Object.prototype);
});

test('null and empty are told apart', () => {
  expect(roundTrip('{"Options":null,"Parts":[],"Indexes":{}}')).toEqual({ options: null, parts: [], indexes: {} });
});

test('the keys of a map are data, and sorted by their bytes', () => {
  const value = {
    options: { ｚ: '', '🐳': '', ID: 'x', id: 'y', __proto__x: '', a: '' },
    indexes: { 9: {}, 10: {}, '-1': {} },
  };
  const json = codec.encode(value);
  expect(json).toBe(
    '{"Options":{"ID":"x","__proto__x":"","a":"","id":"y","ｚ":"","🐳":""},"Indexes":{"-1":{},"10":{},"9":{}}}',
  );
  expect(codec.decode(json)).toEqual(value);
  const proto = codec.decode('{"Options":{"__proto__":"x","constructor":"y"}}');
  expect(Object.keys(proto.options ?? {})).toEqual(['__proto__', 'constructor']);
});

test('text is escaped as Go does it', () => {
  roundTrip('{"ID":"\\u003ca\\u003e\\u0026\\u2028\\u2029 \\"\\\\b\\\\/ \\u0008\\u000c\\n\\r\\t\\u0000 é🐳"}');
});

test('a value that is a list in one version and a struct in another', () => {
  expect(roundTrip('{"Either":{"Pid":1}}')).toEqual({ either: { pid: 1 } });
  expect(roundTrip('{"Either":[{"Pid":1},{"Pid":2}]}')).toEqual({ either: [{ pid: 1 }, { pid: 2 }] });
  expect(roundTrip('{"Either":null}')).toEqual({ either: null });
});

test('a float that Go writes without exponent is a number', () => {
  expect(codec.decode('{"Share":100000000000000000000}')).toEqual({ share: 1e20 });
  expect(codec.encode({ share: 1e20 })).toBe('{"Share":1e+20}');
  expect(roundTrip('{"Share":1.5}')).toEqual({ share: 1.5 });
});

test('a PCI path is an object for Go, which decodes nothing else, and yet not lost', () => {
  expect(roundTrip('{"PCIPath":{}}')).toEqual({ pciPath: {} });
  expect(roundTrip('{"PCIPath":{"Path":"02/03"}}')).toEqual({ pciPath: '02/03' });
  expect(codec.decode('{"PCIPath":"02/03"}')).toEqual({ pciPath: '02/03' });
  expect(() => codec.encode({ pciPath: { Path: '02/03' } })).toThrow('pciPath of type object is not valid');
});

test('names are read in any case, and the last of two counts', () => {
  expect(codec.decode('{"id":"a","CGROUPPATH":"/","ID":"b"}')).toEqual({ id: 'b', cgroupPath: '/' });
  expect(codec.decode('{"ID":"a","ID":"b"}')).toEqual({ id: 'b' });
});

test('an unknown field that would be read as a known one is refused', () => {
  expect(() => codec.encode({ parts: [{ ID: 'x' }] })).toThrow(
    expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      message: 'parts[0].ID "x" is not valid: expected the name id',
    }),
  );
  expect(codec.schema['~standard'].validate({ parts: [{ ID: 'x' }] })).toMatchObject({
    issues: [{ path: ['parts', 0, 'ID'] }],
  });
});

test.each([
  ['{"ID":"a"}}', "Expected end of input but got '}' at position 10"],
  ['{"ID":"é"} {', "Expected end of input but got '{' at position 12"],
  ['{"ID":"a"', 'but reached end of input at position 9'],
  ['', 'JSON value expected but reached end of input at position 0'],
  ['\u0000\u0000', 'at position 0'],
  ['\ufeff{}', 'at position 0'],
  ['{"Parts":[1 2]}', 'at position 12'],
  ['{"Share":01}', 'at position 10'],
  [Buffer.from('{"ID":"\xff"}', 'latin1'), 'it is not UTF-8 at position 7'],
])('a damaged text %j is refused with its position', (json, problem) => {
  const decode = () => codec.decode(json, 'persist.json');
  expect(decode).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
  expect(decode).toThrow(/^persist\.json is damaged: /);
  expect(decode).toThrow(problem);
});

test('nesting without end is refused', () => {
  expect(() => codec.decode(`{"New":${'['.repeat(100_000)}`)).toThrow('it is nested too deeply');
});

test('a value that the schema refuses is named as the file names it', () => {
  expect(() => codec.decode('{"Parts":[{},{"RefCount":-1}]}', 'persist.json')).toThrow(
    expect.objectContaining({
      code: 'CORRUPT',
      message: expect.stringMatching(
        /^persist\.json is damaged: Parts\[1\]\.RefCount -1 is not valid: expected an integer/,
      ),
    }),
  );
  expect(() => codec.decode('[]')).toThrow('the JSON text is damaged');
});

test.each([
  ['a wrong type', { parts: [{ refCount: '1' }] }, 'parts[0].refCount "1" is not valid'],
  ['a function', { more: () => {} }, 'more is a function'],
  ['NaN', { more: Number.NaN }, 'more is NaN'],
])('%s is not encoded', (_, value, problem) => {
  expect(() => codec.encode(value as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(problem) }),
  );
});
