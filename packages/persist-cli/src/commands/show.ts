import { encodeJson, PersistError } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { formatAge } from '../age.js';
import { globalOptions } from '../global-options.js';
import { colorsFor, print } from '../output.js';
import { addKataOption, openSource, type SourceOptions } from '../sandbox-source.js';
import { formatTree } from '../tree.js';

export function addShow(program: Command): void {
  addKataOption(program.command('show'))
    .summary('print a sandbox and its containers')
    .description('Prints the stored state of a sandbox and its containers. Integers are exact at any size.')
    .argument('<id>', 'the sandbox')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep show web\n  $ sandkeep show web --json | jq .containers\n  $ sandkeep show web --kata /run/vc',
    )
    .action((id: string, _, command: Command) => show(id, globalOptions(command)));
}

async function show(id: string, options: SourceOptions): Promise<void> {
  await using source = await openSource(options);
  const found = await source.find(id);
  if (found === undefined) throw new PersistError('NOT_FOUND', `there is no sandbox ${id}`);
  const { revision, savedAt, sandbox, containers } = found;
  if (options.json) {
    print(encodeJson({ id, revision, savedAt: savedAt.toISOString(), sandbox, containers }));
    return;
  }
  const { bold } = colorsFor(process.stdout);
  const which = revision === undefined ? '' : `revision ${revision}, `;
  print(`${bold(id)}  ${which}saved ${savedAt.toISOString()} (${formatAge(savedAt)} ago)`);
  print(formatTree({ sandbox, containers }));
}
