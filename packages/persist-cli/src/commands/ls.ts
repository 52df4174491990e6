import { isPersistError, PersistError } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { formatAge } from '../age.js';
import { globalOptions } from '../global-options.js';
import { print, remark } from '../output.js';
import { addKataOption, openSource, type SandboxSource, type SourceOptions } from '../sandbox-source.js';
import { type StoredSandbox, stateOf } from '../stored-sandbox.js';
import { formatTable } from '../table.js';

export function addLs(program: Command): void {
  addKataOption(program.command('ls'))
    .summary('list the sandboxes')
    .description('Lists the sandboxes. One that cannot be read is listed, too, and makes the exit status 1.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep ls --url file:///var/lib/sandkeep\n  $ sandkeep ls --json\n  $ sandkeep ls --kata /run/vc',
    )
    .action((_, command: Command) => ls(globalOptions(command)));
}

async function ls(options: SourceOptions): Promise<void> {
  await using source = await openSource(options);
  const found: (StoredSandbox | Unreadable)[] = [];
  for await (const entry of loadAll(source)) found.push(entry);
  if (options.json) print(JSON.stringify(found.map(toJson)));
  else if (found.length === 0)
    remark(`no sandboxes in ${options.kata ?? `namespace ${options.namespace ?? 'default'}`}`);
  else print(formatTable(['id', 'state', 'containers', 'saved', 'revision'], found.map(toRow)));
  const [first, ...others] = found.filter((entry) => entry instanceof Unreadable);
  if (first !== undefined) throw summary([first, ...others], found.length);
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

const concernsOneSandbox: ReadonlySet<string> = new Set(['CORRUPT', 'FORMAT_UNSUPPORTED', 'PERMISSION_DENIED']);

async function* loadAll(source: SandboxSource): AsyncGenerator<StoredSandbox | Unreadable> {
  for await (const id of source.list()) {
    try {
      const found = await source.find(id);
      if (found !== undefined) yield found;
    } catch (error) {
      if (!isPersistError(error) || !concernsOneSandbox.has(error.code)) throw error;
      yield new Unreadable(id, error);
    }
  }
}

function toRow(entry: StoredSandbox | Unreadable): string[] {
  if (entry instanceof Unreadable) return [entry.id, entry.error.code, '-', '-', '-'];
  const { id, sandbox, containers, savedAt, revision } = entry;
  return [
    id,
    stateOf(sandbox) ?? '-',
    String(Object.keys(containers).length),
    `${formatAge(savedAt)} ago`,
    revision ?? '-',
  ];
}

function toJson(entry: StoredSandbox | Unreadable): Record<string, unknown> {
  if (entry instanceof Unreadable) return { id: entry.id, error: entry.error };
  const { id, sandbox, containers, savedAt, revision } = entry;
  return { id, state: stateOf(sandbox), containers: Object.keys(containers), savedAt, revision };
}

function summary(unreadable: readonly [Unreadable, ...Unreadable[]], total: number): PersistError {
  const [{ error }] = unreadable;
  if (unreadable.length === 1) return error;
  const ids = unreadable.map(({ id }) => id).join(', ');
  return new PersistError(
    error.code,
    `${unreadable.length} of ${total} sandboxes cannot be read: ${ids}; the first: ${error.message}`,
  );
}
