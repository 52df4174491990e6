import { formatAge } from '../age.js';
import { print, printable, remark } from '../output.js';
import { formatTable } from '../table.js';
import type { Pruned } from './pruned.js';

export interface PruneReport {
  readonly pruned: readonly Pruned[];
  /** How many sandboxes are in which state. */
  readonly states: ReadonlyMap<string, number>;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Whether all sandboxes were judged. */
  readonly isComplete: boolean;
}

export function reportPruned({ pruned, states, dryRun, json, isComplete }: PruneReport): void {
  const of = (wanted: Pruned['outcome']) =>
    pruned.filter(({ outcome }) => outcome === wanted).map(({ outcome: _, ...one }) => one);
  if (json) {
    const [gone, changed, unreadable] = [of('removed'), of('changed'), of('unreadable')];
    print(JSON.stringify({ complete: isComplete, dryRun, removed: gone, changed, unreadable }));
    return;
  }
  const removed = dryRun ? 'would be removed' : 'removed';
  if (pruned.length > 0)
    print(
      formatTable(
        ['id', 'state', 'saved', 'result'],
        pruned.map((one) =>
          one.outcome === 'unreadable'
            ? [one.id, one.error.code, '-', 'stays, as it cannot be read']
            : [
                one.id,
                one.state ?? '-',
                `${formatAge(one.savedAt)} ago`,
                one.outcome === 'removed' ? removed : 'stays, as it was changed or removed meanwhile',
              ],
        ),
      ),
    );
  const count = of('removed').length;
  if (!isComplete) remark(`${count} ${removed}, and not all sandboxes were looked at: run it again to go on`);
  else if (count > 0) remark(`${count} ${removed}${dryRun ? ': --yes removes them' : ''}`);
  else remark(`nothing to remove; there are ${describeStates(states)}`);
}

function describeStates(states: ReadonlyMap<string, number>): string {
  const counts = [...states]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, count]) => `${count} ${printable(state)}`);
  return counts.join(', ') || 'no sandboxes';
}
