import { isPersistError, PersistError, type PersistErrorCode } from '@sandkeep/persist-api';

const codes: Readonly<Record<string, PersistErrorCode>> = {
  EACCES: 'PERMISSION_DENIED',
  EPERM: 'PERMISSION_DENIED',
  EROFS: 'PERMISSION_DENIED',
};

/** A failed system call as a PersistError, such as on a full or read-only disk; any other error as it is. */
export function systemError(error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error) || isPersistError(error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  return new PersistError(codes[code] ?? 'UNAVAILABLE', error.message, { cause: error });
}
