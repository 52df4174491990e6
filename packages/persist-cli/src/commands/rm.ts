import { checkKey, checkSegment, type PersistDriver, PersistError, SandboxStore } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { print } from '../output.js';

interface RmOptions extends GlobalOptions {
  readonly ifRevision?: string;
  readonly key?: boolean;
}

export function addRm(program: Command): void {
  program
    .command('rm')
    .summary('remove sandboxes')
    .description('Removes the stored state of sandboxes, without asking. Their processes are not touched.')
    .argument('<id...>', 'the sandboxes')
    .option('--if-revision <revision>', 'only if this is still its revision, as ls and show print it; for one sandbox')
    .option('--key', 'what is named are whole keys of documents of any kind, as check prints them')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep rm web jobs\n  $ sandkeep rm web --if-revision "$revision"\n' +
        '  $ sandkeep rm --key default/globals/networks',
    )
    .action((ids: string[], _, command: Command) => rm(ids, globalOptions(command)));
}

async function rm(ids: readonly string[], options: RmOptions): Promise<void> {
  const { ifRevision, json, key = false, namespace } = options;
  if (ifRevision !== undefined && ids.length > 1) {
    throw new PersistError('INVALID_ARGUMENT', `--if-revision is for one sandbox: expected one id, not ${ids.length}`);
  }
  if (key && namespace !== undefined) {
    throw new PersistError(
      'INVALID_ARGUMENT',
      '--key and --namespace are given: a whole key begins with its namespace',
    );
  }
  for (const id of ids) key ? checkKey(id) : checkSegment(id, 'sandbox id'); // before the first one is removed
  await using driver = await openChosenDriver(options);
  const removed: string[] = [];
  const missing: string[] = [];
  const remove = removal(driver, options);
  try {
    for (const id of ids) ((await remove(id)) ? removed : missing).push(id);
  } finally {
    if (json) print(JSON.stringify({ removed, missing }));
    else for (const id of removed) print(`removed ${id}`);
  }
  if (missing.length === 0) return;
  throw new PersistError('NOT_FOUND', `there is no ${key ? 'document' : 'sandbox'} ${missing.join(', ')}`);
}

function removal(driver: PersistDriver, options: RmOptions): (id: string) => Promise<boolean> {
  const { ifRevision, key } = options;
  if (key) return (id) => driver.remove(id, { expect: ifRevision });
  const store = new SandboxStore(driver, options);
  return (id) => store.destroy(id, { ifRevision });
}
