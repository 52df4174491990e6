import { isPersistError } from '@sandkeep/persist-api';
import { CommandFailure } from './command-failure.js';
import { exitCodes } from './exit-codes.js';

/** The exit status for what a command threw. */
export function exitCodeOf(error: unknown): number {
  if (isPersistError(error, 'INVALID_ARGUMENT')) return exitCodes.usage;
  if (isPersistError(error, 'NOT_FOUND')) return exitCodes.notFound;
  if (isPersistError(error, 'CONFLICT')) return exitCodes.conflict;
  return error instanceof CommandFailure ? error.exitCode : exitCodes.failed;
}
