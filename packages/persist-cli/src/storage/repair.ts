import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.js';
import { print, remark } from '../output.js';
import { formatTable } from '../table.js';
import { withStorage } from './storage-options.js';

export function addRepair(storage: Command): void {
  storage
    .command('repair')
    .summary('mend what is inconsistent')
    .description('Mends what "check" lists, except where that would lose data. Exit status 1 if anything is left.')
    .action((_, command: Command) =>
      withStorage(command, async (service, { json }) => {
        const problems = await service.repair();
        if (json) print(JSON.stringify(problems.map(({ error, ...rest }) => ({ ...rest, error: messageOf(error) }))));
        else if (problems.length === 0) remark('everything is consistent');
        else {
          const rows = problems.map(({ kind, id, what, mended, error }) => {
            const outcome = mended ? 'mended' : error === undefined ? 'left' : 'failed';
            return [kind, id, outcome, messageOf(error) ?? what];
          });
          print(formatTable(['kind', 'id', 'outcome', 'what'], rows));
        }
        const left = problems.filter(({ mended }) => !mended).length;
        if (left > 0) throw new CommandFailure(`${left} of ${problems.length} could not be mended`);
      }),
    );
}

function messageOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}
