import { checkSegment, type LockStatus, type PersistDriver, PersistError } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { formatAge } from '../age.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { breakablesOf, damagedLockId } from '../lock-id.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { print, printable, remark } from '../output.js';
import { formatTable } from '../table.js';

interface LocksOptions extends GlobalOptions {
  readonly break?: string;
}

export function addLocks(program: Command): void {
  program
    .command('locks')
    .summary('list who holds which lock, or break one')
    .description(
      'Lists the locks that are held or waited for, one line for each holder. A holder that died is among them ' +
        'until its lease has run out. With --break it takes a lock from one holder: one that still lives learns it ' +
        'when it next renews its lease.',
    )
    .option('--break <id>', 'take the lock from the holder with this id, or free the damaged lock that is shown so')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep locks\n  $ sandkeep locks --namespace demo-1a2b3c --json\n' +
        '  $ sandkeep locks --break cRoQ1GOwCxHQU4aw',
    )
    .action((_, command: Command) => locks(globalOptions(command)));
}

async function locks(options: LocksOptions): Promise<void> {
  const { namespace } = options;
  if (namespace !== undefined) checkSegment(namespace, 'namespace');
  await using driver = await openChosenDriver(options);
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  const found: LockStatus[] = [];
  for await (const lock of driver.inspectLocks()) if (lock.name.startsWith(prefix)) found.push(lock);
  if (options.break !== undefined) await breakHolder(driver, found, options.break, options.json);
  else if (options.json) print(JSON.stringify(found.map(toJson)));
  else if (found.length === 0) remark('no locks are held');
  else print(formatTable(columns, found.flatMap(toRows)));
}

async function breakHolder(
  driver: PersistDriver,
  found: readonly LockStatus[],
  id: string,
  json: boolean | undefined,
): Promise<void> {
  const breakables = found.flatMap(breakablesOf);
  const wanted = breakables.find((one) => one.id === id);
  if (wanted === undefined) {
    const ids = breakables.map(({ id, name }) => `${id} (${name})`).join(', ');
    const there = ids === '' ? 'no lock is held' : `there are ${ids}`;
    throw new PersistError('NOT_FOUND', `no holder has the id ${printable(id)}: ${there}`);
  }
  const isDamaged = id === damagedLockId(wanted.name);
  if (!(await driver.breakLock(wanted.name, isDamaged ? {} : { holder: id }))) {
    throw new PersistError('NOT_FOUND', `the lock ${wanted.name} was given up meanwhile: nothing was broken`);
  }
  if (json) print(JSON.stringify({ broken: wanted }));
  else print(`broke the lock ${wanted.name}: it was ${isDamaged ? '' : 'held '}${printable(wanted.who)}`);
}

const columns = ['lock', 'id', 'mode', 'host', 'pid', 'since', 'age', 'fence', 'waiting', 'why'];

function toRows({ name, fence, holders, waiting, error }: LockStatus): string[][] {
  if (error !== undefined) {
    const id = error.code === 'CORRUPT' ? damagedLockId(name) : '-';
    return [[name, id, error.code, '-', '-', '-', '-', '-', '-', error.message]];
  }
  if (holders.length === 0) return [[name, '-', '-', '-', '-', '-', '-', '-', `${waiting}`, '-']];
  return holders.map(({ id, mode, host, pid, since, info }) => [
    name,
    id,
    mode,
    host,
    `${pid}`,
    since,
    formatAge(since),
    `${fence}`,
    `${waiting}`,
    info,
  ]);
}

/** With the id by which a damaged lock can be freed. */
function toJson(lock: LockStatus): object {
  return lock.error?.code === 'CORRUPT' ? { ...lock, id: damagedLockId(lock.name) } : lock;
}
