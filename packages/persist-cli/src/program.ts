import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import { addGlobalOptions } from './global-options.js';
import { loadCommands } from './load-commands.js';

/**
 * Builds the command line that `args` need. Its `parseAsync` throws: a CommanderError for wrong usage and
 * after printing help.
 */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = addGlobalOptions(new Command('sandkeep'), { namespace: 'what the help of the command says' })
    .description('Looks after the stored state of sandboxes and their containers.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', epilogue);
  await loadCommands(program, args);
  addHelp(program);
  return program;
}

/** Unlike Commander's own, it says so when there is no such command. */
function addHelp(program: Command): void {
  program
    .command('help [command]')
    .description('print the help of a command')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_name: string | undefined, _options: unknown, { args }: Command) => {
      const name = args.find((argument) => !argument.startsWith('-'));
      if (name === undefined) return program.help();
      program.commands.find((command) => command.name() === name)?.help();
      await program.parseAsync([name], { from: 'user' });
    });
}

const epilogue = `
Examples:
  $ sandkeep demo
  $ sandkeep ls --url file:///var/lib/sandkeep
  $ SANDKEEP_URL=file:///var/lib/sandkeep sandkeep show web --json
  $ sandkeep rm web jobs
  $ sandkeep watch --json
  $ sandkeep conformance redis://localhost:6379
  $ sandkeep init-driver sandkeep-etcd
  $ sandkeep copy --from file:///var/lib/sandkeep --to redis://localhost:6379 --dry-run
  $ sandkeep import --from /run/vc --url file:///var/lib/sandkeep

Where the state is stored:
  --url, else the environment variable SANDKEEP_URL, else the nearest sandkeep.config.json,
  sandkeep.config.js, sandkeep.config.mjs or "sandkeep" key of a package.json, from here upward.
  The demo looks at --url alone.

Exit status:
  ${exitCodes.ok}  done
  ${exitCodes.failed}  failed
  ${exitCodes.usage}  wrong usage or configuration
  ${exitCodes.notFound}  there is no such sandbox, or no such store
  ${exitCodes.conflict}  somebody else changed it (rm --if-revision), or there is another state (import, export, copy, restore)
  ${exitCodes.atRisk}  it works, and something is at risk (doctor)
  An interrupt ends with 128 plus the number of the signal: 130 after Ctrl-C.
`;

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return version;
}
