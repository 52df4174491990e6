import { isPersistError, PersistError, type PersistErrorCode } from '@sandkeep/persist-api';

/** By the names of system errors, their numbers (errno.h) and LMDB's own (lmdb.h). */
const codes = new Map<unknown, PersistErrorCode>([
  ['ENOENT', 'NOT_FOUND'],
  ['ENOTDIR', 'INVALID_ARGUMENT'],
  ['EEXIST', 'INVALID_ARGUMENT'],
  ['EACCES', 'PERMISSION_DENIED'],
  [13, 'PERMISSION_DENIED'],
  [-30_797, 'CORRUPT'],
  [-30_796, 'CORRUPT'],
  [-30_794, 'FORMAT_UNSUPPORTED'],
  [-30_793, 'FORMAT_UNSUPPORTED'],
]);

/** The error as a {@link PersistError} that names the directory; `UNAVAILABLE` where nothing better is known. */
export function toPersistError(cause: unknown, root: string): PersistError {
  if (isPersistError(cause)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  return new PersistError(codes.get(code) ?? 'UNAVAILABLE', `the LMDB store ${root}: ${message}`, { cause });
}
