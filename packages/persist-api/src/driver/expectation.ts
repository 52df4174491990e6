import { PersistError } from '../persist-error.js';
import type { Version } from './document.js';

/**
 * Checks the condition of a write or removal against what is there.
 * @param current the current version; undefined if there is no document
 * @throws `CONFLICT` with the current version unless the condition holds
 */
export function checkExpectation(expect: Version | 'absent' | undefined, current: Version | undefined): void {
  if (expect === undefined || current === (expect === 'absent' ? undefined : expect)) return;
  const expected = expect === 'absent' ? 'no document' : `version ${expect}`;
  const found = current === undefined ? 'there is no document' : `it is version ${current}`;
  throw new PersistError('CONFLICT', `${expected} was expected, but ${found}`, { currentVersion: current });
}
