import { parse, stringify } from 'lossless-json';
import { PersistError } from '../persist-error.js';
import { formatPath } from './json-path.js';

/** How deep objects and arrays may be nested. */
const maxDepth = 256;

const plainData = 'plain JSON data (objects, arrays, strings, finite numbers, bigints, booleans, null)';

/**
 * The JSON text of plain data, in which every integer is exact.
 *
 * A bigint is written as the integer that it is. A number beyond ±2^53 that happens to be an integer is
 * written with an exponent, so that {@link decodeJson} can tell the two apart. Properties that are
 * undefined, or named by a symbol, are left out; `-0` becomes `0`.
 * @throws `INVALID_ARGUMENT`, naming the path, for what JSON cannot hold or would silently change:
 *   functions, symbols, NaN and infinities, undefined in an array, instances of classes (Date, Map,
 *   Buffer, …), objects with a `toJSON` method, cycles, and nesting beyond 256 levels
 */
export function encodeJson(value: unknown): string {
  return encodeExactly(value).text;
}

/** What {@link encodeExactly} gives. */
export interface EncodedJson {
  readonly text: string;
  /** Whether {@link decodeJson} gives back what was given, property by property. */
  readonly isExact: boolean;
  /** Whether `JSON.parse` gives the same as {@link decodeJson}: there is no integer beyond ±2^53. */
  readonly isNative: boolean;
}

/**
 * As {@link encodeJson}.
 * @param path where the value is within something larger, whose depth counts
 */
export function encodeExactly(value: unknown, path: readonly PropertyKey[] = []): EncodedJson {
  if (isSimple(value, path.length)) return { text: JSON.stringify(value), isExact: true, isNative: true };
  const inspection = new Inspection(path);
  inspection.visit(value, path.length);
  const { isExact, isNative } = inspection;
  const text = isNative ? JSON.stringify(value) : (stringify(value, undefined, undefined, [unsafeInteger]) ?? '');
  return { text, isExact, isNative };
}

/** Whether it can be told at a glance that it is plain data, with nothing undefined and no integers beyond ±2^53. */
function isSimple(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isSafeInteger(value))
    return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Number.isInteger(value);
  if (typeof value !== 'object' || depth === maxDepth || (value as { toJSON?: unknown }).toJSON !== undefined)
    return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return areSimple(value as unknown[], depth + 1);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    const property = (value as Record<string, unknown>)[key];
    if (typeof property !== 'string' && !isSimple(property, depth + 1)) return false;
  }
  return true;
}

/** Holes count, unlike with `every`. */
function areSimple(items: readonly unknown[], depth: number): boolean {
  for (const item of items) if (!isSimple(item, depth)) return false;
  return true;
}

/**
 * The value of a JSON text. An integer beyond ±2^53 that is written without fraction and exponent
 * becomes a bigint; every other number is a `number`.
 * @throws SyntaxError if it is no JSON
 */
export function decodeJson(text: string): unknown {
  return isNativeJson(text) ? JSON.parse(text) : parse(text, undefined, parseNumber);
}

/** Whether `JSON.parse` gives the same as {@link decodeJson}; false if that is not sure. */
export function isNativeJson(text: string): boolean {
  return !(hasDigitRun(text) && /(?:^|[:,[])\s*-?\d{16}/.test(text));
}

/** Whether there are 16 digits in a row; one of them stands at a multiple of 16. */
function hasDigitRun(text: string): boolean {
  for (let index = 0; index < text.length; index += 16) {
    let start = index;
    let end = index;
    while (isDigit(text.charCodeAt(end))) end += 1;
    if (end === index) continue;
    while (isDigit(text.charCodeAt(start - 1))) start -= 1;
    if (end - start >= 16) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function parseNumber(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? value : BigInt(text);
}

const unsafeInteger = {
  test: (value: unknown) => Number.isInteger(value) && !Number.isSafeInteger(value),
  stringify: (value: unknown) => (value as number).toExponential(),
};

/** A closer look at a value: is it plain data, and does JSON, and `JSON.stringify` in particular, keep it as it is? */
class Inspection {
  isNative = true;
  isExact = true;
  /** The property of each ancestor that leads to the value, and the ancestors, by depth. */
  readonly #path: PropertyKey[];
  readonly #ancestors: (object | undefined)[];

  constructor(path: readonly PropertyKey[]) {
    this.#path = [...path];
    this.#ancestors = path.map(() => undefined);
  }

  visit(value: unknown, depth: number): void {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return;
    if (typeof value === 'object') {
      this.#visitProperties(value, depth);
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw this.#refuse(depth, `is ${value}`);
      if (unsafeInteger.test(value)) this.isNative = false;
    } else if (typeof value === 'bigint') {
      this.isNative = false;
      if (Number.isSafeInteger(Number(value))) this.isExact = false;
    } else {
      throw this.#refuse(depth, value === undefined ? 'is undefined' : `is a ${typeof value}`);
    }
  }

  #visitProperties(value: object, depth: number): void {
    if (!isPlain(value)) throw this.#refuse(depth, `is an instance of ${value.constructor?.name || 'a class'}`);
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
      throw this.#refuse(depth, 'has a toJSON method');
    }
    for (let ancestor = 0; ancestor < depth; ancestor += 1) {
      if (this.#ancestors[ancestor] === value) {
        throw this.#refuse(depth, `refers back to ${formatPath(this.#path.slice(0, ancestor))}`);
      }
    }
    if (depth === maxDepth) throw this.#refuse(depth, `is nested more than ${maxDepth} levels deep`);
    this.#ancestors[depth] = value;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) {
        this.#path[depth] = index;
        this.visit(value[index], depth + 1);
      }
      return;
    }
    for (const key of Object.keys(value)) {
      this.#path[depth] = key;
      const property = (value as Record<string, unknown>)[key];
      if (property !== undefined) this.visit(property, depth + 1);
      else this.isExact = false;
    }
  }

  #refuse(depth: number, problem: string): PersistError {
    const path = formatPath(this.#path.slice(0, depth));
    return new PersistError('INVALID_ARGUMENT', `${path} ${problem}: expected ${plainData}`);
  }
}

/** Whether it is an object literal or an array, of this or another realm. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === Array.prototype || prototype === null) return true;
  const root: object | null = Object.getPrototypeOf(prototype);
  return root === null || (Array.isArray(value) && Object.getPrototypeOf(root) === null);
}
