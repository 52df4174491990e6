import type { Command } from 'commander';

/** The options that every command takes that looks at a store. */
export interface GlobalOptions {
  readonly url?: string;
  readonly namespace?: string;
  readonly json?: boolean;
}

/** Adds the options that every command takes. They may stand before the name of the command, too. */
export function addGlobalOptions(command: Command): Command {
  return command
    .option(
      '--url <url>',
      'where the state is stored; if not given: for demo a fresh directory, else SANDKEEP_URL or the configuration file',
    )
    .option(
      '--namespace <name>',
      'the namespace of the store; else "default" (demo: one of its own; locks, backup, restore: all; storage: "storage")',
    )
    .option('--json', 'print JSON, errors included');
}

/** The options of a command, those before its name included. */
export function globalOptions<Options extends GlobalOptions>(command: Command): Options {
  return command.optsWithGlobals();
}
