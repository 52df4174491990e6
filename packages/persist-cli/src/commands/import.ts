import { SandboxStore } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { runTransfer } from '../run-transfer.js';

interface ImportOptions extends GlobalOptions {
  readonly from: string;
  readonly dryRun?: boolean;
  readonly overwrite?: boolean;
}

export function addImport(program: Command): void {
  program
    .command('import')
    .summary('take the sandboxes of a Kata Containers host into a store')
    .description(
      'Saves the sandboxes below a directory that Kata Containers wrote, such as /run/vc, in a store. The ' +
        'directory is only read, and no lock of Kata is taken. A sandbox of which the store has another state is ' +
        'left alone and told; one that cannot be read is told, and the others are taken. Can be run again.',
    )
    .requiredOption('--from <directory>', 'the root of the state, such as /run/vc')
    .option('--dry-run', 'tell what would be done, and change nothing')
    .option('--overwrite', 'replace the states that differ')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep import --from /run/vc --url redis://localhost:6379 --dry-run\n' +
        '  $ sandkeep import --from /run/vc --url file:///var/lib/sandkeep',
    )
    .action((_, command: Command) => importTree(globalOptions(command)));
}

async function importTree({ from, dryRun = false, overwrite, json = false, ...options }: ImportOptions): Promise<void> {
  const signal = endEarly();
  const { importKataTree, kataSchema, listKataTree } = await import('@sandkeep/persist-kata');
  const { length: total } = await listKataTree(from);
  await using driver = await openChosenDriver(options);
  const store = new SandboxStore(driver, { schema: kataSchema, namespace: options.namespace });
  const transfers = importKataTree(from, store, { dryRun, overwrite, signal });
  await runTransfer(transfers, { doing: 'importing', total, dryRun, json });
}
