import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.js';
import { print, remark } from '../output.js';
import { formatTable } from '../table.js';
import { withStorage } from './storage-options.js';

export function addCheck(storage: Command): void {
  storage
    .command('check')
    .summary('list what is inconsistent')
    .description('Lists what crashes left, and changes nothing. Exit status 1 if there is anything.')
    .action((_, command: Command) =>
      withStorage(command, async (service, { json }) => {
        const problems = await service.check();
        if (json) print(JSON.stringify(problems));
        else if (problems.length === 0) remark('everything is consistent');
        else {
          const rows = problems.map(({ kind, id, what, mendable }) => [
            kind,
            id,
            mendable ? 'repair' : 'by hand',
            what,
          ]);
          print(formatTable(['kind', 'id', 'mended by', 'what'], rows));
        }
        if (problems.length > 0) {
          const mendable = problems.some((problem) => problem.mendable);
          throw new CommandFailure(`${problems.length} found${mendable ? ': "sandkeep storage repair" mends' : ''}`);
        }
      }),
    );
}
