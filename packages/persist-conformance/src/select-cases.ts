import { PersistError } from '@sandkeep/persist-api';
import { conformanceCases } from './cases/index.js';
import { type ConformanceCase, sections } from './conformance-case.js';

/**
 * The cases to run, in the order of the suite.
 * @param only letters of sections and ids of cases; undefined: all
 * @throws `INVALID_ARGUMENT` for a letter or id that does not exist
 */
export function selectCases(only: readonly string[] | undefined): readonly ConformanceCase[] {
  if (only === undefined) return conformanceCases;
  for (const name of only) {
    if (!(name in sections) && !conformanceCases.some(({ id }) => id === name)) {
      throw new PersistError(
        'INVALID_ARGUMENT',
        `only ${JSON.stringify(name)} is not valid: expected a section (${Object.keys(sections).join(', ')}) or the id of a case, such as D33`,
      );
    }
  }
  return conformanceCases.filter(({ id, section }) => only.includes(id) || only.includes(section));
}
