import { isPersistError, PersistError, type PersistErrorCode } from '@sandkeep/persist-api';

const known: Record<string, readonly [PersistErrorCode, string]> = {
  ENOENT: ['NOT_FOUND', 'there is no such file or directory'],
  ENOTDIR: ['CORRUPT', 'it is no directory, or a symbolic link, and links are not followed'],
  ELOOP: ['CORRUPT', 'it is a symbolic link, and links are not followed'],
  EACCES: ['PERMISSION_DENIED', 'permission denied'],
  EPERM: ['PERMISSION_DENIED', 'operation not permitted'],
  EROFS: ['PERMISSION_DENIED', 'the file system is read-only'],
  ENOSPC: ['UNAVAILABLE', 'no space left on the file system'],
  EDQUOT: ['UNAVAILABLE', 'the disk quota is used up'],
};

/** The error code of a failed system call; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** A failed system call as a PersistError that names the path; any other error as it is. */
export function treeError(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || isPersistError(error)) return error;
  const [code, text] = known[errno] ?? ['UNAVAILABLE', (error as Error).message];
  return new PersistError(code, `${path}: ${text} (${errno})`, { cause: error });
}
