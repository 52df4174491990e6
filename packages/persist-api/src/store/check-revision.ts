import { invalidArgument } from '../driver/invalid-argument.js';

/** Checks `ifRevision` of a save. @throws `INVALID_ARGUMENT` unless it is a revision, 'absent' or undefined */
export function checkSaveCondition(ifRevision: unknown): void {
  if (ifRevision === undefined || (typeof ifRevision === 'string' && ifRevision !== '')) return;
  throw invalidArgument('ifRevision', ifRevision, "a revision (a non-empty string), 'absent', or undefined");
}

/** Checks `ifRevision` of a removal. @throws `INVALID_ARGUMENT` unless it is a revision or undefined */
export function checkRemoveCondition(ifRevision: unknown): void {
  if (ifRevision !== 'absent' && (ifRevision === undefined || (typeof ifRevision === 'string' && ifRevision !== ''))) {
    return;
  }
  throw invalidArgument('ifRevision', ifRevision, 'a revision (a non-empty string), or undefined');
}
