import { PersistError } from '@sandkeep/persist-api';
import { conformanceCases } from './cases/index.js';
import { type ConformanceCase, sections } from './conformance-case.js';
import { levels } from './level.js';
import { levelOf } from './need.js';

/**
 * The cases to run, in the order of the suite.
 * @param only letters of sections, names of levels, and ids of cases; undefined: all
 * @throws `INVALID_ARGUMENT` for a name that is none of them
 */
export function selectCases(only: readonly string[] | undefined): readonly ConformanceCase[] {
  if (only === undefined) return conformanceCases;
  for (const name of only) {
    if (!Object.hasOwn(sections, name) && !isLevel(name) && !conformanceCases.some(({ id }) => id === name)) {
      throw new PersistError(
        'INVALID_ARGUMENT',
        `only ${JSON.stringify(name)} is not valid: expected a section (${Object.keys(sections).join(', ')}), a level (${levels.join(', ')}) or the id of a case, such as D33`,
      );
    }
  }
  return conformanceCases.filter((testCase) =>
    [testCase.id, testCase.section, levelOf(testCase)].some((name) => only.includes(name)),
  );
}

function isLevel(name: string): boolean {
  return (levels as readonly string[]).includes(name);
}
