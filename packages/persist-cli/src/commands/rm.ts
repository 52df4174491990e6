import { PersistError, SandboxStore } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { print } from '../output.js';

interface RmOptions extends GlobalOptions {
  readonly ifRevision?: string;
}

export function addRm(program: Command): void {
  program
    .command('rm')
    .summary('remove sandboxes')
    .description('Removes the stored state of sandboxes, without asking. Their processes are not touched.')
    .argument('<id...>', 'the sandboxes')
    .option('--if-revision <revision>', 'only if this is still its revision, as ls and show print it; for one sandbox')
    .addHelpText('after', '\nExamples:\n  $ sandkeep rm web jobs\n  $ sandkeep rm web --if-revision "$revision"')
    .action((ids: string[], _, command: Command) => rm(ids, globalOptions(command)));
}

async function rm(ids: readonly string[], options: RmOptions): Promise<void> {
  const { ifRevision, json } = options;
  if (ifRevision !== undefined && ids.length > 1) {
    throw new PersistError('INVALID_ARGUMENT', `--if-revision is for one sandbox: expected one id, not ${ids.length}`);
  }
  await using driver = await openChosenDriver(options);
  const store = new SandboxStore(driver, options);
  const removed: string[] = [];
  const missing: string[] = [];
  try {
    for (const id of ids) ((await store.destroy(id, { ifRevision })) ? removed : missing).push(id);
  } finally {
    if (json) print(JSON.stringify({ removed, missing }));
    else for (const id of removed) print(`removed ${id}`);
  }
  if (missing.length > 0) throw new PersistError('NOT_FOUND', `there is no sandbox ${missing.join(', ')}`);
}
