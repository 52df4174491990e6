import { isPersistError, PersistError } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { formatAge } from '../age.js';
import { type AnySnapshot, type AnyStore, anyStore, stateOf } from '../any-store.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { openChosenDriver } from '../open-chosen-driver.js';
import { print, remark } from '../output.js';
import { formatTable } from '../table.js';

export function addLs(program: Command): void {
  program
    .command('ls')
    .summary('list the sandboxes')
    .description('Lists the sandboxes. One that cannot be read is listed, too, and makes the exit status 1.')
    .addHelpText('after', '\nExamples:\n  $ sandkeep ls --url file:///var/lib/sandkeep\n  $ sandkeep ls --json')
    .action((_, command: Command) => ls(globalOptions(command)));
}

async function ls(options: GlobalOptions): Promise<void> {
  await using driver = await openChosenDriver(options);
  const found: (AnySnapshot | Unreadable)[] = [];
  for await (const entry of loadAll(anyStore(driver, options))) found.push(entry);
  if (options.json) print(JSON.stringify(found.map(toJson)));
  else if (found.length === 0) remark(`no sandboxes in namespace ${options.namespace ?? 'default'}`);
  else print(formatTable(['id', 'state', 'containers', 'saved', 'revision'], found.map(toRow)));
  const unreadable = found.filter((entry) => entry instanceof Unreadable);
  if (unreadable.length > 0) throw summary(unreadable, found.length);
}

/** A sandbox that is there, but cannot be read. */
class Unreadable {
  readonly id: string;
  readonly error: PersistError;

  constructor(id: string, error: PersistError) {
    this.id = id;
    this.error = error;
  }
}

async function* loadAll(store: AnyStore): AsyncGenerator<AnySnapshot | Unreadable> {
  for await (const id of store.list()) {
    try {
      const snapshot = await store.find(id);
      if (snapshot !== undefined) yield snapshot;
    } catch (error) {
      if (!isPersistError(error, 'CORRUPT') && !isPersistError(error, 'FORMAT_UNSUPPORTED')) throw error;
      yield new Unreadable(id, error);
    }
  }
}

function toRow(entry: AnySnapshot | Unreadable): string[] {
  if (entry instanceof Unreadable) {
    return [entry.id, entry.error.code === 'CORRUPT' ? 'CORRUPT' : 'UNSUPPORTED', '-', '-', '-'];
  }
  const { id, sandbox, containers, savedAt, revision } = entry;
  return [id, stateOf(sandbox) ?? '-', String(containers.size), `${formatAge(savedAt)} ago`, revision];
}

function toJson(entry: AnySnapshot | Unreadable): Record<string, unknown> {
  if (entry instanceof Unreadable) return { id: entry.id, error: entry.error };
  const { id, sandbox, containers, savedAt, revision } = entry;
  return { id, state: stateOf(sandbox), containers: [...containers.keys()], savedAt, revision };
}

function summary(unreadable: readonly Unreadable[], total: number): PersistError {
  const [first] = unreadable;
  if (unreadable.length === 1 && first !== undefined) return first.error;
  const ids = unreadable.map(({ id }) => id).join(', ');
  return new PersistError('CORRUPT', `${unreadable.length} of ${total} sandboxes cannot be read: ${ids}`);
}
