import { SandboxStore } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { runTransfer } from '../run-transfer.js';

interface ExportOptions extends GlobalOptions {
  readonly to: string;
  readonly dryRun?: boolean;
  readonly overwrite?: boolean;
}

export function addExport(program: Command): void {
  program
    .command('export')
    .summary('write the sandboxes of a store as Kata Containers reads them')
    .description(
      'Writes the sandboxes of a store into a directory in the form in which Kata Containers keeps them below ' +
        '/run/vc. A sandbox of which the directory has another state is left alone and told. Can be run again. ' +
        'Kata is not kept out meanwhile: do not write into the directory of a host whose sandboxes run.',
    )
    .requiredOption('--to <directory>', 'the root of the state; made if it is missing')
    .option('--dry-run', 'tell what would be done, and change nothing')
    .option('--overwrite', 'replace the states that differ')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep export --to /run/vc --url redis://localhost:6379 --dry-run\n' +
        '  $ sandkeep export --to ./vc --url file:///var/lib/sandkeep',
    )
    .action((_, command: Command) => exportTree(globalOptions(command)));
}

async function exportTree({ to, dryRun = false, overwrite, json = false, ...options }: ExportOptions): Promise<void> {
  const signal = endEarly();
  const { exportKataTree, kataSchema } = await import('@sandkeep/persist-kata');
  await using driver = await openChosenDriver(options);
  const store = new SandboxStore(driver, { schema: kataSchema, namespace: options.namespace });
  let total = 0;
  for await (const _ of store.list({ signal })) total += 1;
  const transfers = exportKataTree(store, to, { dryRun, overwrite, signal });
  await runTransfer(transfers, { doing: 'exporting', total, dryRun, json });
}
