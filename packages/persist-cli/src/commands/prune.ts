import { PersistError } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { pMapIterable } from 'p-map';
import { AnyStore } from '../any-store.js';
import { CommandFailure } from '../command-failure.js';
import { endEarly } from '../end-early.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { parseAge } from '../parse-age.js';
import { type Pruned, pruneOne } from '../prune/pruned.js';
import { reportPruned } from '../prune/report-pruned.js';

interface PruneOptions extends GlobalOptions {
  readonly state?: readonly string[];
  readonly olderThan?: number;
  readonly yes?: boolean;
}

const concurrency = 8;

export function addPrune(program: Command): void {
  program
    .command('prune')
    .summary('remove sandboxes by state and age')
    .description(
      'Shows which sandboxes are in one of the states, and were saved longer ago than the age, and with --yes removes ' +
        'their stored state. Their processes are not touched. One that is changed in between stays, and so does one ' +
        'that cannot be read, which makes the exit status 1.',
    )
    .option('--state <state...>', 'those in one of these states')
    .option('--older-than <age>', 'those saved longer ago, by the clock of who saved them: 12h, 7d, 2w', parseAge)
    .option('--yes', 'remove them; without it they are only shown')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sandkeep prune --state stopped --older-than 7d\n' +
        '  $ sandkeep prune --state stopped --older-than 7d --yes',
    )
    .action((_, command: Command) => prune(globalOptions(command)));
}

async function prune(options: PruneOptions): Promise<void> {
  const { state, olderThan, yes = false, json = false } = options;
  if (state === undefined && olderThan === undefined) {
    throw new PersistError('INVALID_ARGUMENT', 'nothing says what to remove: give --state, --older-than, or both');
  }
  const signal = endEarly();
  await using store = await AnyStore.open(options);
  const states = new Map<string, number>();
  const pruning = {
    states: state,
    savedUntil: olderThan === undefined ? undefined : new Date(Date.now() - olderThan),
    dryRun: !yes,
    onState: (name = 'without a state') => states.set(name, (states.get(name) ?? 0) + 1),
  };
  const judged = pMapIterable(
    store.list(),
    (id) => {
      signal.throwIfAborted();
      return pruneOne(store, id, pruning);
    },
    { concurrency },
  );
  const pruned: Pruned[] = [];
  let isComplete = false;
  try {
    for await (const one of judged) if (one !== undefined) pruned.push(one);
    isComplete = true;
  } finally {
    reportPruned({ pruned, states, dryRun: !yes, json, isComplete });
  }
  const unreadable = pruned.filter(({ outcome }) => outcome === 'unreadable');
  if (unreadable.length > 0) {
    throw new CommandFailure(`these cannot be read, and stay: ${unreadable.map(({ id }) => id).join(', ')}`);
  }
}
