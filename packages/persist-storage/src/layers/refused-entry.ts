import { PersistError } from '@sandkeep/persist-api';

/** The error for an entry of a layer that must not, or cannot, be extracted. */
export function refusedEntry(entry: string, why: string, cause?: unknown): PersistError {
  return new PersistError('INVALID_ARGUMENT', `the layer's entry ${JSON.stringify(entry)} is refused: ${why}`, {
    cause,
  });
}
