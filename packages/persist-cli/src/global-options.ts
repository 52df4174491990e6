import type { Command } from 'commander';

/** The options that every command takes that looks at a store. */
export interface GlobalOptions {
  readonly url?: string;
  readonly namespace?: string;
  readonly json?: boolean;
}

/** What a command does without an option. */
interface Otherwise {
  readonly url?: string;
  readonly namespace?: string;
}

/**
 * Adds the options that every command takes. They may stand before the name of the command, too.
 * @param otherwise for the help
 */
export function addGlobalOptions(
  command: Command,
  { url = 'SANDKEEP_URL or the configuration file', namespace = '"default"' }: Otherwise = {},
): Command {
  return command
    .option('--url <url>', `where the state is stored; else ${url}`)
    .option('--namespace <name>', `the namespace of the store; else ${namespace}`)
    .option('--json', 'print JSON, errors included');
}

/** The options of a command, those before its name included. */
export function globalOptions<Options extends GlobalOptions>(command: Command): Options {
  return command.optsWithGlobals();
}
