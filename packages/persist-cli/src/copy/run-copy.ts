import type { DocumentOutcome } from '@sandkeep/persist-api';
import { Interruption } from '../interruption.js';
import { remark } from '../output.js';
import type { CopyReport } from './copy-report.js';

export interface CopyRun {
  readonly json: boolean;
  /** Ends the bar of progress. */
  readonly end: () => void;
  /** What to do when it did not get to its end. */
  readonly goOn: string;
  /** What was done before an error or interruption stays, and is reported. */
  readonly keepsPart: boolean;
}

/**
 * Carries out what copies documents, and reports what became of them.
 * @throws CommandFailure if a document failed; `CONFLICT` if another one was left; what `outcomes` throws
 */
export async function runCopy(
  outcomes: AsyncIterable<DocumentOutcome>,
  report: CopyReport,
  { json, end, goOn, keepsPart }: CopyRun,
): Promise<void> {
  try {
    for await (const outcome of outcomes) report.add(outcome);
    end();
  } catch (error) {
    end();
    if (keepsPart) report.print();
    if (!json) remark(`${error instanceof Interruption ? 'interrupted' : 'not finished'}: ${goOn}`);
    throw error;
  }
  report.print();
  report.throwIfLeft();
}
