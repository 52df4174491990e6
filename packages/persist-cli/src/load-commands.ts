import { Command } from 'commander';
import { addGlobalOptions, type StoreWording } from './global-options.js';

interface CommandEntry {
  /** What the list of commands says of it. */
  readonly summary: string;
  /** Which store it looks at; undefined for a command that looks at none, or adds the global options itself. */
  readonly store?: StoreWording;
  readonly load: () => Promise<(program: Command) => void>;
}

const defaultNamespace: StoreWording = { namespace: '"default"' };
const everything: StoreWording = { namespace: 'everything' };

/** Each command by its name, in the order of the help. A new command is one entry here, and one file. */
const commands: Readonly<Record<string, CommandEntry>> = {
  demo: {
    summary: 'kill a supervisor of real processes, and see a new one take over',
    store: { url: 'a fresh directory', namespace: 'one of its own' },
    load: async () => (await import('./commands/demo.js')).addDemo,
  },
  ls: {
    summary: 'list the sandboxes',
    store: defaultNamespace,
    load: async () => (await import('./commands/ls.js')).addLs,
  },
  show: {
    summary: 'print a sandbox and its containers',
    store: defaultNamespace,
    load: async () => (await import('./commands/show.js')).addShow,
  },
  rm: {
    summary: 'remove sandboxes',
    store: defaultNamespace,
    load: async () => (await import('./commands/rm.js')).addRm,
  },
  locks: {
    summary: 'list who holds which lock, or break one',
    store: everything,
    load: async () => (await import('./commands/locks.js')).addLocks,
  },
  watch: {
    summary: 'print what changes, as it changes',
    store: defaultNamespace,
    load: async () => (await import('./commands/watch.js')).addWatch,
  },
  doctor: {
    summary: 'tell whether a store works, and what is at risk',
    store: { namespace: 'one of its own' },
    load: async () => (await import('./commands/doctor.js')).addDoctor,
  },
  check: {
    summary: 'read every document, and list what is wrong',
    store: everything,
    load: async () => (await import('./commands/check.js')).addCheck,
  },
  import: {
    summary: 'take the sandboxes of a Kata Containers host into a store',
    store: defaultNamespace,
    load: async () => (await import('./commands/import.js')).addImport,
  },
  export: {
    summary: 'write the sandboxes of a store as Kata Containers reads them',
    store: defaultNamespace,
    load: async () => (await import('./commands/export.js')).addExport,
  },
  prune: {
    summary: 'remove sandboxes by state and age',
    store: defaultNamespace,
    load: async () => (await import('./commands/prune.js')).addPrune,
  },
  copy: {
    summary: 'copy the documents of one store to another',
    load: async () => (await import('./commands/copy.js')).addCopy,
  },
  backup: {
    summary: 'write a store into one file',
    store: everything,
    load: async () => (await import('./commands/backup.js')).addBackup,
  },
  restore: {
    summary: 'put the documents of a backup into a store',
    store: everything,
    load: async () => (await import('./commands/restore.js')).addRestore,
  },
  conformance: {
    summary: 'run the conformance suite against a store or a harness',
    load: async () => (await import('./commands/conformance.js')).addConformance,
  },
  'init-driver': {
    summary: 'write the package of a new driver',
    load: async () => (await import('./commands/init-driver.js')).addInitDriver,
  },
  storage: {
    summary: 'container root file systems from OCI images',
    load: async () => (await import('./commands/storage.js')).addStorage,
  },
};

/**
 * Adds the command that a command line names, and loads no other. For one that names none, for its help or its
 * error, each is added as what the list of commands shows of it, and none is loaded; for the version, none.
 * @throws CommanderError if an option before the name of the command lacks its value
 */
export async function loadCommands(program: Command, args: readonly string[]): Promise<void> {
  const probe = addGlobalOptions(new Command()).option('--version').allowUnknownOption().exitOverride();
  probe.configureOutput({ outputError: () => {} });
  const [first = '', topic = ''] = probe.parseOptions([...args]).operands;
  const name = first === 'help' ? topic : first;
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry !== undefined) await addLoaded(program, entry);
  else if (probe.getOptionValue('version') !== true) {
    for (const [name, { summary }] of Object.entries(commands)) program.command(name).summary(summary);
  }
}

async function addLoaded(program: Command, { load, store }: CommandEntry): Promise<void> {
  const add = await load();
  add(program);
  const added = program.commands.at(-1);
  if (added !== undefined && store !== undefined) addGlobalOptions(added, store);
}
