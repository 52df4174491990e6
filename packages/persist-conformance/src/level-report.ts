import { conformanceCases } from './cases/index.js';
import { type Level, levels } from './level.js';
import { levelOf } from './need.js';
import type { CaseReport, LevelReport } from './report.js';

/** What the outcomes say about each level, from the lowest to the highest. */
export function levelReports(results: readonly CaseReport[]): LevelReport[] {
  const reports: LevelReport[] = [];
  for (const level of levels) {
    const own = results.filter((result) => result.level === level);
    const count = (status: CaseReport['status']) => own.filter((result) => result.status === status).length;
    const ran = new Set(own.map(({ id }) => id));
    const notRun = conformanceCases.filter((testCase) => levelOf(testCase) === level && !ran.has(testCase.id)).length;
    const heldBackBy = own.filter(holdsBack).map(({ id }) => id);
    const below = reports.at(-1)?.reached ?? true;
    const reached = below && notRun === 0 && heldBackBy.length === 0;
    const counts = { passed: count('passed'), failed: count('failed'), notVerified: count('not-verified'), notRun };
    reports.push({ level, reached, ...counts, heldBackBy });
  }
  return reports;
}

/** The highest level that was reached; undefined if not even core was. */
export function levelReached(reports: readonly LevelReport[]): Level | undefined {
  return reports.findLast(({ reached }) => reached)?.level;
}

function holdsBack({ status, optional }: CaseReport): boolean {
  return status === 'failed' || (status === 'not-verified' && !optional);
}
