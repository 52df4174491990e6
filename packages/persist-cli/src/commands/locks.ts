import type { LockStatus } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { formatAge } from '../age.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { print, remark } from '../output.js';
import { formatTable } from '../table.js';

export function addLocks(program: Command): void {
  program
    .command('locks')
    .summary('list who holds which lock')
    .description(
      'Lists the locks that are held or waited for, one line for each holder. A holder that died is among them ' +
        'until its lease has run out.',
    )
    .addHelpText('after', '\nExamples:\n  $ sandkeep locks\n  $ sandkeep locks --namespace demo-1a2b3c --json')
    .action((_, command: Command) => locks(globalOptions(command)));
}

async function locks(options: GlobalOptions): Promise<void> {
  await using driver = await openChosenDriver(options);
  const prefix = options.namespace === undefined ? '' : `${options.namespace}/`;
  const found: LockStatus[] = [];
  for await (const lock of driver.inspectLocks()) if (lock.name.startsWith(prefix)) found.push(lock);
  if (options.json) print(JSON.stringify(found));
  else if (found.length === 0) remark('no locks are held');
  else print(formatTable(columns, found.flatMap(toRows)));
}

const columns = ['lock', 'mode', 'holder', 'since', 'waiting', 'why'];

function toRows({ name, holders, waiting, error }: LockStatus): string[][] {
  if (error !== undefined) return [[name, error.code, '-', '-', '-', error.message]];
  if (holders.length === 0) return [[name, '-', '-', '-', String(waiting), '-']];
  return holders.map(({ mode, host, pid, since, info }) => [
    name,
    mode,
    `${host}:${pid}`,
    `${formatAge(since)} ago`,
    String(waiting),
    info,
  ]);
}
