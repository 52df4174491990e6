import { PersistError } from '@sandkeep/persist-api';
import type { Transferred } from '@sandkeep/persist-kata';
import { CommandFailure } from './command-failure.js';
import { Interruption } from './interruption.js';
import { print, remark } from './output.js';
import { startProgress } from './progress.js';
import { formatTable } from './table.js';

export interface TransferRun {
  /** What is done, for people. */
  readonly doing: 'importing' | 'exporting';
  /** How many sandboxes there are. */
  readonly total: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/**
 * Carries a transfer out with a bar of progress, and reports what became of each sandbox, also of those
 * before an error or interruption.
 * @throws CommandFailure if a sandbox failed; `CONFLICT` if another state was left; what `transfers` throws
 */
export async function runTransfer(transfers: AsyncIterable<Transferred>, run: TransferRun): Promise<void> {
  const found: Transferred[] = [];
  const progress = await startProgress(run.dryRun ? 'checking' : run.doing, run.total, run.json);
  try {
    for await (const one of transfers) {
      found.push(one);
      progress.step();
    }
  } catch (error) {
    if (error instanceof Interruption && !run.json) remark('interrupted: run it again to go on');
    throw error;
  } finally {
    progress.end();
    report(found, run);
  }
  const failed = idsOf(found, 'failed');
  const conflicts = idsOf(found, 'conflict');
  const first = found.find((one) => one.outcome === 'failed');
  if (failed.length === 1 && first !== undefined && 'error' in first) throw new CommandFailure(first.error.message);
  if (failed.length > 1) throw new CommandFailure(`${failed.length} sandboxes failed: ${failed.join(', ')}`);
  if (conflicts.length > 0) {
    const which = `${conflicts.length === 1 ? 'sandbox' : 'sandboxes'} ${conflicts.join(', ')}`;
    throw new PersistError('CONFLICT', `there is another state of ${which}; --overwrite replaces it`);
  }
}

function report(found: readonly Transferred[], { doing, dryRun, json }: TransferRun): void {
  if (json) {
    const failures = (outcome: string) =>
      found.flatMap((one) => ('error' in one && one.outcome === outcome ? [{ id: one.id, error: one.error }] : []));
    const [written, unchanged, skipped] = (['written', 'unchanged', 'skipped'] as const).map((outcome) =>
      idsOf(found, outcome),
    );
    const conflicts = failures('conflict');
    print(JSON.stringify({ dryRun, written, unchanged, skipped, conflicts, failed: failures('failed') }));
    return;
  }
  const done = doing.replace('ing', 'ed');
  const words = { ...outcomeWords, written: dryRun ? `would be ${done}` : done };
  if (found.length > 0)
    print(
      formatTable(
        ['id', 'result', 'why'],
        found.map((one) => toRow(one, words)),
      ),
    );
  const counts = Object.entries(words)
    .map(([outcome, word]) => [idsOf(found, outcome).length, word] as const)
    .filter(([count]) => count > 0);
  remark(counts.map(([count, word]) => `${count} ${word}`).join(', ') || 'there are no sandboxes');
}

const outcomeWords = {
  written: '',
  unchanged: 'unchanged',
  skipped: 'skipped',
  conflict: 'conflict',
  failed: 'failed',
};

function toRow(one: Transferred, words: Readonly<Record<Transferred['outcome'], string>>): string[] {
  const why = { written: '-', unchanged: 'the same state is there', skipped: 'it holds no state' };
  return [one.id, words[one.outcome], 'error' in one ? one.error.message : why[one.outcome]];
}

function idsOf(found: readonly Transferred[], outcome: string): string[] {
  return found.filter((one) => one.outcome === outcome).map(({ id }) => id);
}
