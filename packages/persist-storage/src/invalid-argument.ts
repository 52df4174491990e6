import { PersistError } from '@sandkeep/persist-api';

/** The error for one bad argument: it names the field, the value and what was expected. */
export function invalidArgument(field: string, value: unknown, expected: string): PersistError {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : String(value);
  return new PersistError('INVALID_ARGUMENT', `${field} ${shown} is not valid: expected ${expected}`);
}
