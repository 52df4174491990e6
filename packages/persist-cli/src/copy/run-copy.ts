import type { DocumentOutcome } from '@sandkeep/persist-api';
import { Interruption } from '../interruption.js';
import { remark } from '../output.js';
import type { CopyReport } from './copy-report.js';

/**
 * Carries out what copies documents, and reports what became of them, also of those before an error or
 * interruption.
 * @throws CommandFailure if a document failed; `CONFLICT` if another one was left; what `outcomes` throws
 */
export async function runCopy(
  outcomes: AsyncIterable<DocumentOutcome>,
  report: CopyReport,
  { json, end, goOn }: { readonly json: boolean; readonly end: () => void; readonly goOn: string },
): Promise<void> {
  let ended: unknown;
  try {
    for await (const outcome of outcomes) report.add(outcome);
  } catch (error) {
    ended = error;
    throw error;
  } finally {
    end();
    report.print();
    if (ended !== undefined && !json)
      remark(`${ended instanceof Interruption ? 'interrupted' : 'not finished'}: ${goOn}`);
  }
  report.throwIfLeft();
}
