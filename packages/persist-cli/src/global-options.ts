import type { Command } from 'commander';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  readonly namespace?: string;
  readonly json?: boolean;
}

/** The options of a command, those that every command takes included. */
export function globalOptions<Options extends GlobalOptions>(command: Command): Options {
  return command.optsWithGlobals();
}
