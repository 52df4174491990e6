import { isPersistError, PersistError, type PersistErrorCode } from '@sandkeep/persist-api';

const known: Record<string, readonly [PersistErrorCode, string, retryable?: boolean]> = {
  ENOENT: ['UNAVAILABLE', 'a directory of the store is missing: was the root removed or unmounted?'],
  ENOSPC: ['UNAVAILABLE', 'no space left on the file system'],
  EDQUOT: ['UNAVAILABLE', 'the disk quota is used up'],
  EMFILE: ['UNAVAILABLE', 'this process has too many open files'],
  ENFILE: ['UNAVAILABLE', 'this system has too many open files'],
  EIO: ['UNAVAILABLE', 'the file system reported an input/output error', false],
  EROFS: ['UNAVAILABLE', 'the file system is read-only', false],
  ESTALE: ['UNAVAILABLE', 'the network file system lost the file'],
  EACCES: ['PERMISSION_DENIED', 'permission denied'],
  EPERM: ['PERMISSION_DENIED', 'operation not permitted'],
  ELOOP: ['PERMISSION_DENIED', 'a symbolic link stands there, and links are not followed'],
  ENAMETOOLONG: ['INVALID_ARGUMENT', 'the path is too long: choose a shorter root'],
  ENOTDIR: ['CORRUPT', 'something else stands where a directory of the store is expected'],
  ENXIO: ['CORRUPT', 'something else stands where a document is expected'],
  EXDEV: ['UNSUPPORTED', 'the directories of the store are on different file systems'],
  ESPIPE: ['CORRUPT', 'something else stands where a document is expected'],
  EISDIR: ['CORRUPT', 'a directory stands where a document is expected'],
};

/** The error code of a failed system call; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** A failed system call as a PersistError that names the path; any other error as it is. */
export function fromErrno(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || isPersistError(error)) return error;
  const [code, text, retryable] = known[errno] ?? ['UNAVAILABLE', (error as Error).message];
  return new PersistError(code, `${path}: ${text} (${errno})`, { retryable, cause: error });
}
