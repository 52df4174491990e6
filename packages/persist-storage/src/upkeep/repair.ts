import type { StorageContext } from '../storage-context.js';
import { findings } from './check.js';
import type { Problem } from './problem.js';

/** A problem and what became of it. */
export interface RepairedProblem extends Problem {
  readonly mended: boolean;
  /** Why mending a mendable one failed. */
  readonly error?: unknown;
}

/** Mends what can be mended; one that fails does not stop the others. */
export async function repair(context: StorageContext): Promise<RepairedProblem[]> {
  const problems: RepairedProblem[] = [];
  for await (const { mend, ...problem } of findings(context)) {
    try {
      await mend?.();
      problems.push({ ...problem, mended: mend !== undefined });
    } catch (error) {
      problems.push({ ...problem, mended: false, error });
    }
  }
  return problems;
}
