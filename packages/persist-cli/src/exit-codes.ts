import { isPersistError } from '@sandkeep/persist-api';
import { CommanderError } from 'commander';

/** What the exit status of `sandkeep` means. An interrupt ends with 128 plus the number of the signal. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
} as const;

/** The exit status for what a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (isPersistError(error, 'INVALID_ARGUMENT')) return exitCodes.usage;
  if (isPersistError(error, 'NOT_FOUND')) return exitCodes.notFound;
  if (isPersistError(error, 'CONFLICT')) return exitCodes.conflict;
  return exitCodes.failed;
}
