import { PersistError } from '../persist-error.js';

/** The error for one bad argument: `field value is not valid: expected …`. */
export function invalidArgument(field: string, value: unknown, expected: string): PersistError {
  return new PersistError('INVALID_ARGUMENT', `${field} ${describeValue(value)} is not valid: expected ${expected}`);
}

/** A value as it may stand in a message: JSON, cut to 80 characters, control characters escaped. */
export function describeValue(value: unknown): string {
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) return `of type ${typeof value}`;
  if (typeof value !== 'string') return String(value);
  const text = JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length > 80 ? `${text.slice(0, 77)}…" (${value.length} characters)` : text;
}
