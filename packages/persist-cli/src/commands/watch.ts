import { checkSegment, isPersistError, type SandboxChange } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { AnyStore } from '../any-store.js';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { print, printable, remark } from '../output.js';
import { type StoredSandbox, stateOf } from '../stored-sandbox.js';

interface WatchOptions extends GlobalOptions {
  readonly initial?: boolean;
}

export function addWatch(program: Command): void {
  program
    .command('watch')
    .summary('print what changes, as it changes')
    .description(
      'Prints a line for each sandbox that is saved or destroyed, by whatever process: when it was heard of, its id, ' +
        'what happened, its state and its revision. What follows quickly on one sandbox may be one line. It goes on ' +
        'through restarts of the server, until Ctrl-C.',
    )
    .argument('[id]', 'this sandbox alone, whether it is there yet or not')
    .option('--initial', 'print first what is there already')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep watch\n  $ sandkeep watch web --initial\n  $ sandkeep watch --json | jq -r .id',
    )
    .action((id: string | undefined, _, command: Command) => watch(id, globalOptions(command)));
}

async function watch(id: string | undefined, options: WatchOptions): Promise<void> {
  if (id !== undefined) checkSegment(id, 'sandbox id');
  const signal = endEarly();
  await using store = await AnyStore.open(options);
  signal.throwIfAborted();
  const { initial, json, namespace = 'default' } = options;
  const onReady = () => {
    if (json !== true) remark(`watching ${id ?? `namespace ${namespace}`}; Ctrl-C ends it`);
  };
  /** What was printed last of each sandbox: reading one can be ahead of what is told of it. */
  const printed = new Map<string, string>();
  for await (const change of store.watch({ initial, onReady, signal })) {
    if (id !== undefined && change.id !== id) continue;
    const line = await lineOf(store, change);
    const { revision } = line;
    if (revision !== undefined && printed.get(change.id) === revision) continue;
    if (revision === undefined) printed.delete(change.id);
    else printed.set(change.id, revision);
    print(json ? JSON.stringify(line) : format(line));
  }
}

interface Line {
  readonly time: string;
  readonly id: string;
  readonly type: SandboxChange['type'];
  /** Undefined where there is none; the code of an error where the sandbox cannot be read. */
  readonly state: string | undefined;
  readonly revision: string | undefined;
}

async function lineOf(store: AnyStore, { id, type, revision }: SandboxChange): Promise<Line> {
  const time = new Date().toISOString();
  if (type === 'destroyed') return { time, id, type, state: undefined, revision: undefined };
  const found = await readable(store, id);
  if (typeof found === 'string') return { time, id, type, state: found, revision };
  return { time, id, type, state: found && stateOf(found.sandbox), revision: found?.revision ?? revision };
}

/** The sandbox; undefined if it is gone already, or the storage is away; or the code of the error if it alone cannot be read. */
async function readable(store: AnyStore, id: string): Promise<StoredSandbox | string | undefined> {
  try {
    return await store.find(id);
  } catch (error) {
    if (!isPersistError(error) || error.code === 'CLOSED') throw error;
    return error.retryable ? undefined : error.code;
  }
}

function format({ time, id, type, state = '-', revision = '-' }: Line): string {
  return `${time}  ${id}  ${type.padEnd(9)}  ${printable(state)}  ${revision}`;
}
