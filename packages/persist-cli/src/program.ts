import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addConformance } from './commands/conformance.js';
import { addDemo } from './commands/demo.js';
import { addExport } from './commands/export.js';
import { addImport } from './commands/import.js';
import { addInitDriver } from './commands/init-driver.js';
import { addLocks } from './commands/locks.js';
import { addLs } from './commands/ls.js';
import { addRm } from './commands/rm.js';
import { addShow } from './commands/show.js';
import { addStorage } from './commands/storage.js';
import { exitCodes } from './exit-codes.js';
import { addGlobalOptions } from './global-options.js';

/** Builds the command line. Its `parseAsync` throws: a CommanderError for wrong usage and after printing help. */
export function buildProgram(): Command {
  const program = addGlobalOptions(new Command('sandkeep'))
    .description('Looks after the stored state of sandboxes and their containers.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', epilogue);
  for (const add of [addDemo, addLs, addShow, addRm, addLocks, addImport, addExport]) add(program);
  for (const command of program.commands) addGlobalOptions(command);
  addConformance(program);
  addInitDriver(program);
  addStorage(program);
  return program;
}

const epilogue = `
Examples:
  $ sandkeep demo
  $ sandkeep ls --url file:///var/lib/sandkeep
  $ SANDKEEP_URL=file:///var/lib/sandkeep sandkeep show web --json
  $ sandkeep rm web jobs
  $ sandkeep conformance redis://localhost:6379
  $ sandkeep init-driver sandkeep-etcd
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
  ${exitCodes.conflict}  somebody else changed it (rm --if-revision), or there is another state (import, export)
`;

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return version;
}
