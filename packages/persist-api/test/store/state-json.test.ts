import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { decodeJson, encodeJson } from '../../src/index.js';

const roundTrip = (value: unknown) => decodeJson(encodeJson(value));

describe('round trip', () => {
  test.each([
    [
      'scalars',
      { a: '', b: 0, c: false, d: null, e: true, f: -1.5, g: 1e-7, h: Number.MAX_VALUE, i: Number.MIN_VALUE },
    ],
    ['empty containers', { a: {}, b: [], c: [[], {}] }],
    ['text', { text: 'naïve 日本 🐳 \u2028 \u0000 "\\ </script>', 'key "\u0001é': 1 }],
    ['lone surrogates', { text: '\ud800 and \udc00', '\ud800': 1 }],
    [
      'sixteen digits in text',
      { id: '1234567890123456', text: 'a:1234567890123456789,"b":9', other: ':[1234567890123456' },
    ],
    ['the largest safe integers', [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
    ['big integers', { a: 2n ** 64n - 1n, b: [-(2n ** 63n), 2n ** 53n], c: 9007199254740993n }],
    ['big integers and numbers of their size', { a: 2n ** 60n, b: 2 ** 60, c: 1e20, d: -(2 ** 53), e: 1e300, f: 0.1 }],
    ['numbers of the size of big integers', [2 ** 60, 1e20, 1e21, 12345678901234567000]],
    ['big integers and all other types', [1n << 64n, '\ud800"', '日本', { __proto__: null, a: null, b: [true, {}] }]],
    ['array-like keys', { 10: 'ten', 2: 'two', a: 1 }],
  ])('%s', (_, value) => {
    expect(roundTrip(value)).toEqual(value);
  });

  test.each([{}, { big: 2n ** 64n }])('property names of Object.prototype are names like any other (%o)', (extra) => {
    const value = Object.assign(
      JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"toString":3,"hasOwnProperty":4}'),
      extra,
    );
    const result = roundTrip(value) as object;
    expect(Object.keys(result)).toEqual(Object.keys(value));
    expect(Object.getOwnPropertyDescriptor(result, '__proto__')?.value).toEqual({ polluted: 1 });
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('objects without prototype, of another realm, shared and frozen', () => {
    const shared = { a: 1 };
    const bare = Object.assign(Object.create(null), { b: [1] });
    const foreign = runInNewContext('({ c: [1, { d: null }] })');
    const value = Object.freeze({ first: shared, second: [shared, shared], bare, foreign });
    expect(JSON.parse(encodeJson(value))).toEqual({
      first: { a: 1 },
      second: [{ a: 1 }, { a: 1 }],
      bare: { b: [1] },
      foreign: { c: [1, { d: null }] },
    });
  });

  test('properties that are undefined are left out, and -0 is 0', () => {
    expect(encodeJson({ a: undefined, b: -0, c: { d: undefined } })).toBe('{"b":0,"c":{}}');
    expect(encodeJson({ a: undefined, b: -0, c: 2n ** 64n })).toBe('{"b":0,"c":18446744073709551616}');
  });
});

describe('on disk', () => {
  test('a bigint is the integer itself, and a number beyond 2^53 has an exponent', () => {
    expect(encodeJson({ a: 18446744073709551615n, b: 5n, c: 2 ** 60 })).toBe(
      '{"a":18446744073709551615,"b":5,"c":1.152921504606847e+18}',
    );
  });

  test('a small bigint comes back as a number', () => {
    expect(roundTrip([5n, -(2n ** 53n) + 1n])).toEqual([5, Number.MIN_SAFE_INTEGER]);
  });

  test.each([
    ['{"a":9007199254740993}', { a: 9007199254740993n }],
    ['{ "a" :\n\t-9007199254740993 }', { a: -9007199254740993n }],
    ['[ 1 , 18446744073709551615 ]', [1, 18446744073709551615n]],
    ['18446744073709551615', 18446744073709551615n],
    [
      '[1.8446744073709551615e19,18446744073709551615.0,0.1234567890123456789]',
      [2 ** 64, 2 ** 64, 0.1234567890123456789],
    ],
    [
      '{"padding":"0123456789abcde","a":[9007199254740991,9007199254740992]}',
      { padding: '0123456789abcde', a: [9007199254740991, 9007199254740992n] },
    ],
  ])('%s, whoever wrote it, is read exactly', (text, value) => {
    expect(decodeJson(text)).toEqual(value);
  });

  test('an integer is found wherever it stands', () => {
    for (let offset = 0; offset < 40; offset += 1) {
      const padding = 'x'.repeat(offset);
      expect(decodeJson(`{"${padding}":9007199254740993}`)).toEqual({ [padding]: 9007199254740993n });
    }
  });

  test.each(['', '{', '{"a":1}x', 'nul', '{"a":18446744073709551615', '[18446744073709551615,]'])(
    '%j is no JSON',
    (text) => expect(() => decodeJson(text)).toThrow(SyntaxError),
  );
});

describe('refused', () => {
  class Point {
    x = 1;
  }
  class List extends Array {}
  const cycle: Record<string, unknown> = { a: { b: [] } };
  (cycle.a as { b: unknown[] }).b.push(cycle.a);
  const self: Record<string, unknown> = {};
  self.self = self;
  const deep: unknown[] = [];
  let innermost = deep;
  for (let level = 0; level < 300; level += 1) {
    const next: unknown[] = [];
    innermost.push(next);
    innermost = next;
  }

  test.each<[string, unknown, string]>([
    ['a function', { hooks: [{ onExit: () => 1 }] }, 'hooks[0].onExit is a function'],
    ['a method called toJSON', { when: { toJSON: () => 1 } }, 'when has a toJSON method'],
    [
      'a hidden method called toJSON',
      { a: Object.defineProperty({}, 'toJSON', { value: () => 1 }) },
      'a has a toJSON method',
    ],
    ['a symbol', { kind: Symbol('kind') }, 'kind is a symbol'],
    ['NaN', { load: [0, Number.NaN] }, 'load[1] is NaN'],
    ['Infinity', { limit: Number.POSITIVE_INFINITY }, 'limit is Infinity'],
    ['-Infinity, beside a bigint', { a: 2n ** 64n, limit: Number.NEGATIVE_INFINITY }, 'limit is -Infinity'],
    ['undefined in an array', { list: [1, undefined] }, 'list[1] is undefined'],
    ['a hole in an array', { list: new Array(1) }, 'list[0] is undefined'],
    ['undefined', undefined, 'the value is undefined'],
    ['a Date', { 'created at': new Date(0) }, '["created at"] is an instance of Date'],
    ['a Map', { a: new Map() }, 'a is an instance of Map'],
    ['a Set', { a: new Set() }, 'a is an instance of Set'],
    ['a Buffer', { a: Buffer.from('a') }, 'a is an instance of Buffer'],
    ['a typed array', { a: new Float64Array(1) }, 'a is an instance of Float64Array'],
    ['a regular expression', { a: /x/ }, 'a is an instance of RegExp'],
    ['an error', { a: new TypeError('x') }, 'a is an instance of TypeError'],
    ['a boxed number', { a: Object(1) }, 'a is an instance of Number'],
    ['a promise', { a: Promise.resolve() }, 'a is an instance of Promise'],
    ['an instance of a class', { a: { point: new Point() } }, 'a.point is an instance of Point'],
    ['a subclass of Array', { a: new List() }, 'a is an instance of List'],
    ['an instance without a class name', { a: Object.create({ b: 1 }) }, 'a is an instance of Object'],
    ['a cycle', cycle, 'a.b[0] refers back to a'],
    ['an object that holds itself', self, 'self refers back to the value'],
    ['nesting without end', { deep }, 'is nested more than 256 levels deep'],
  ])('%s, naming the path', (_, value, problem) => {
    expect(() => encodeJson(value)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(problem) }),
    );
  });
});
