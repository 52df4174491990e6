import { isPersistError, type PersistError, type PersistErrorCode } from '../persist-error.js';

const codes: ReadonlySet<PersistErrorCode> = new Set([
  'CORRUPT',
  'FORMAT_UNSUPPORTED',
  'INVALID_ARGUMENT',
  'OUTCOME_UNKNOWN',
  'PERMISSION_DENIED',
  'TOO_LARGE',
]);

/** Whether an error leaves hope for the other documents, unlike one of the backend as a whole. */
export function concernsOneDocument(error: unknown): error is PersistError {
  return isPersistError(error) && codes.has(error.code);
}
