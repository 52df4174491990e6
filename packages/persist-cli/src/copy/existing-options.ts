import type { ExistingPolicy } from '@sandkeep/persist-api';
import { type Command, Option } from 'commander';

/** What a command is told to do where the target has another document. */
export interface ExistingOptions {
  readonly ifNewer?: boolean;
  readonly overwrite?: boolean;
  readonly skip?: boolean;
}

export function addExistingOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--if-newer',
        'where the target has another document: keep the sandbox that was saved last; documents that are no sandboxes are conflicts',
      ).conflicts(['overwrite', 'skip']),
    )
    .addOption(new Option('--overwrite', 'where the target has another document: replace it').conflicts('skip'))
    .option('--skip', 'where the target has another document: leave it');
}

/** Without an option such a document is left and told, and makes the exit status that of a conflict. */
export function existingPolicy({ ifNewer, overwrite, skip }: ExistingOptions): ExistingPolicy {
  if (ifNewer) return 'if-newer';
  if (overwrite) return 'overwrite';
  return skip ? 'skip' : 'report';
}
