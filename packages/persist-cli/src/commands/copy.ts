import { copyDocuments, PersistError } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { addConcurrencyOption } from '../copy/concurrency-option.js';
import { CopyReport } from '../copy/copy-report.js';
import { addExistingOptions, type ExistingOptions, existingPolicy } from '../copy/existing-options.js';
import { openStore } from '../copy/open-store.js';
import { refuseSameStore } from '../copy/refuse-same-store.js';
import { runCopy } from '../copy/run-copy.js';
import { showPasses } from '../copy/show-passes.js';
import { existingPart, isEmpty } from '../copy/store-part.js';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';

interface CopyCommandOptions extends GlobalOptions, ExistingOptions {
  readonly from: string;
  readonly to: string;
  readonly concurrency: number;
  readonly delete?: boolean;
  readonly dryRun?: boolean;
}

export function addCopy(program: Command): void {
  const copy = program
    .command('copy')
    .summary('copy the documents of one store to another')
    .description(
      'Copies every document of a store to another one, of whatever drivers; locks stay behind. Each is read back and ' +
        'compared. Both stores may be in use: what changes in the source meanwhile is taken again, and what somebody ' +
        'else writes in the target is not overwritten. A document of which the target has another state is left and ' +
        'told, and makes the exit status 4. Can be run again: what is the same on both sides is not written.',
    )
    .requiredOption('--from <store>', 'the store to copy: a URL, or the path of a configuration file')
    .requiredOption('--to <store>', 'the store to copy it to')
    .option('--namespace <name>', 'only this namespace; else everything');
  addExistingOptions(copy)
    .option('--delete', 'remove from the target what the source does not have')
    .option('--dry-run', 'tell what would be done, and change nothing');
  addConcurrencyOption(copy)
    .option('--json', 'print JSON, errors included')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep copy --from file:///var/lib/sandkeep --to redis://localhost:6379 --dry-run\n' +
        '  $ sandkeep copy --from redis://localhost:6379 --to "s3://bucket/prefix?region=eu-central-1" --if-newer\n' +
        '  $ sandkeep copy --from file:///var/lib/sandkeep --to "file:///backup/sandkeep?create=true"\n' +
        '  $ sandkeep copy --from ./sandkeep.config.json --to ./encrypted.config.json',
    )
    .action((_, command: Command) => copyStore(globalOptions(command)));
}

async function copyStore(options: CopyCommandOptions): Promise<void> {
  const { from, to, namespace, concurrency, delete: deleteExtra, dryRun = false, json = false } = options;
  if (options.url !== undefined) {
    throw new PersistError('INVALID_ARGUMENT', '--url is given: expected --from and --to, which name both stores');
  }
  const signal = endEarly();
  await using source = await openStore('--from', from);
  const prefix = await existingPart(source, namespace);
  await using target = await openStore('--to', to);
  await refuseSameStore(source, target);
  if (deleteExtra && (await isEmpty(source, prefix))) {
    throw new PersistError('INVALID_ARGUMENT', '--from has no documents: --delete would remove all that --to has');
  }

  const report = new CopyReport({ done: 'copied', dryRun, json });
  const shown = { doing: 'copying', prefix, hidden: json || dryRun, signal };
  const { onLook, end } = await showPasses(report, source, shown);
  const existing = existingPolicy(options);
  await runCopy(
    copyDocuments(source, target, { prefix, existing, concurrency, deleteExtra, dryRun, signal, onLook }),
    report,
    {
      json,
      end,
      keepsPart: true,
      goOn:
        'run it again to go on. What is the same on both sides is not written again; what the source has changed ' +
        'since is another state, for which there are --if-newer and --overwrite',
    },
  );
}
