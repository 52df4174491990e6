import { invalidArgument } from './invalid-argument.js';

/** The longest key in bytes. */
export const maxKeyBytes = 900;
/** The longest segment of a key in bytes. */
export const maxSegmentBytes = 255;

const segment = '[A-Za-z0-9][A-Za-z0-9_.-]*';
const keyPattern = new RegExp(`^${segment}(?:/${segment})*$`);
const segmentPattern = new RegExp(`^${segment}$`);

const expectedKey =
  'one or more segments joined by "/", each [A-Za-z0-9][A-Za-z0-9_.-]* and at most 255 bytes, at most 900 bytes in all';

/**
 * Checks a key: segments joined by `/`, each `[A-Za-z0-9][A-Za-z0-9_.-]*` and at most 255 bytes, at
 * most 900 bytes in all. So keys are ASCII, and their byte order is the order of JavaScript strings.
 * @param field what the caller calls the value, for the message
 * @throws `INVALID_ARGUMENT` that names the field, the value and what was expected
 */
export function checkKey(key: unknown, field = 'key'): asserts key is string {
  if (
    typeof key !== 'string' ||
    key.length > maxKeyBytes ||
    !keyPattern.test(key) ||
    (key.length > maxSegmentBytes && key.split('/').some((part) => part.length > maxSegmentBytes))
  ) {
    throw invalidArgument(field, key, expectedKey);
  }
}

/**
 * Checks one segment of a key, such as the id of a sandbox or container.
 * @throws `INVALID_ARGUMENT` that names the field, the value and what was expected
 */
export function checkSegment(value: unknown, field: string): asserts value is string {
  if (typeof value !== 'string' || value.length > maxSegmentBytes || !segmentPattern.test(value)) {
    throw invalidArgument(field, value, '[A-Za-z0-9][A-Za-z0-9_.-]*, at most 255 bytes');
  }
}

/**
 * Checks the prefix of a listing: `''` or a key, with or without a final `/`.
 * @returns `''`, or the prefix with exactly one final `/`
 * @throws `INVALID_ARGUMENT`
 */
export function normalizePrefix(prefix: unknown): string {
  if (prefix === '') return '';
  const key = typeof prefix === 'string' && prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  checkKey(key, 'prefix');
  return `${key}/`;
}
