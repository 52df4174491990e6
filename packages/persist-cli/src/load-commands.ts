import { Command } from 'commander';
import { addGlobalOptions } from './global-options.js';

type AddCommand = (program: Command) => void;

/** Each command by its name, in the order of the help. A new command is one line here, and one file. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  demo: async () => (await import('./commands/demo.js')).addDemo,
  ls: async () => (await import('./commands/ls.js')).addLs,
  show: async () => (await import('./commands/show.js')).addShow,
  rm: async () => (await import('./commands/rm.js')).addRm,
  locks: async () => (await import('./commands/locks.js')).addLocks,
  watch: async () => (await import('./commands/watch.js')).addWatch,
  doctor: async () => (await import('./commands/doctor.js')).addDoctor,
  check: async () => (await import('./commands/check.js')).addCheck,
  import: async () => (await import('./commands/import.js')).addImport,
  export: async () => (await import('./commands/export.js')).addExport,
  prune: async () => (await import('./commands/prune.js')).addPrune,
  copy: async () => (await import('./commands/copy.js')).addCopy,
  backup: async () => (await import('./commands/backup.js')).addBackup,
  restore: async () => (await import('./commands/restore.js')).addRestore,
  conformance: async () => (await import('./commands/conformance.js')).addConformance,
  'init-driver': async () => (await import('./commands/init-driver.js')).addInitDriver,
  storage: async () => (await import('./commands/storage.js')).addStorage,
};

/** Commands that do something else than most without a global option. */
const otherwise: Readonly<Record<string, Parameters<typeof addGlobalOptions>[1]>> = {
  demo: { url: 'a fresh directory', namespace: 'one of its own' },
  locks: { namespace: 'all' },
  doctor: { namespace: '"sandkeep-doctor"' },
  check: { namespace: 'all' },
  backup: { namespace: 'all' },
  restore: { namespace: 'all' },
};

/** Commands that look at no store of their own, or add the global options where they want them. */
const withoutGlobalOptions: ReadonlySet<string> = new Set(['copy', 'conformance', 'init-driver', 'storage']);

/**
 * Adds the command that a command line names, and loads no other. A command line that names none gets
 * all of them, for its help or its error, unless it only asks for the version.
 * @throws CommanderError if an option before the name of the command lacks its value
 */
export async function loadCommands(program: Command, args: readonly string[]): Promise<void> {
  for (const name of namesFor(args)) {
    const add = await commands[name]?.();
    add?.(program);
    const added = program.commands.at(-1);
    if (added !== undefined && !withoutGlobalOptions.has(name)) addGlobalOptions(added, otherwise[name]);
  }
}

function namesFor(args: readonly string[]): string[] {
  const probe = addGlobalOptions(new Command()).option('--version').allowUnknownOption().exitOverride();
  probe.configureOutput({ outputError: () => {} });
  const [name = ''] = probe.parseOptions([...args]).operands;
  if (Object.hasOwn(commands, name)) return [name];
  return probe.getOptionValue('version') === true ? [] : Object.keys(commands);
}
