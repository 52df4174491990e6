import { encodeJson } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { formatAge } from '../age.js';
import { AnyStore } from '../any-store.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { colorsFor, print } from '../output.js';
import { formatTree } from '../tree.js';

export function addShow(program: Command): void {
  program
    .command('show')
    .summary('print a sandbox and its containers')
    .description('Prints the stored state of a sandbox and its containers. Integers are exact at any size.')
    .argument('<id>', 'the sandbox')
    .addHelpText('after', '\nExamples:\n  $ sandkeep show web\n  $ sandkeep show web --json | jq .containers')
    .action((id: string, _, command: Command) => show(id, globalOptions(command)));
}

async function show(id: string, options: GlobalOptions): Promise<void> {
  await using driver = await openChosenDriver(options);
  const { revision, savedAt, sandbox, containers } = await new AnyStore(driver, options).load(id);
  if (options.json) {
    print(encodeJson({ id, revision, savedAt: savedAt.toISOString(), sandbox, containers }));
    return;
  }
  const { bold } = colorsFor(process.stdout);
  print(`${bold(id)}  revision ${revision}, saved ${savedAt.toISOString()} (${formatAge(savedAt)} ago)`);
  print(formatTree({ sandbox, containers }));
}
