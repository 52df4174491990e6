import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.js';
import { Interruption } from './interruption.js';
import { outputWritten, tolerateClosedOutput } from './output.js';
import { buildProgram } from './program.js';
import { reportUsage } from './report-usage.js';
import { reportWarnings } from './report-warnings.js';

/**
 * Runs one command line. Loads no library but what this command line needs.
 * @param args the arguments after the name of the command
 * @returns the exit status, see {@link exitCodes}; it never rejects
 */
export async function runCli(args: readonly string[]): Promise<number> {
  let json = args.includes('--json');
  let named = 'sandkeep';
  tolerateClosedOutput();
  reportWarnings({ json });
  try {
    const program = (await buildProgram(args)).hook('preSubcommand', (parent, command) => {
      if (command.name() !== 'help') named = `sandkeep ${command.name()}`;
      if (command.name() !== 'conformance') return;
      json = parent.opts().json === true; // after its name, --json takes a file
      reportWarnings({ json });
    });
    await program.parseAsync(args, { from: 'user' });
    await outputWritten();
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof Interruption) return error.exitCode;
    await outputWritten().catch(() => {}); // the first error is the one to tell, after what was printed
    if (error instanceof CommanderError) return reportUsage(error, { json, command: named });
    const { reportError } = await import('./report-error.js');
    const { exitCodeOf } = await import('./exit-code-of.js');
    reportError(error, { json });
    return exitCodeOf(error);
  }
}
