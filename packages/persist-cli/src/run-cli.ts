import { exitCodeOf, exitCodes } from './exit-codes.js';
import { Interruption } from './interruption.js';
import { outputWritten, tolerateClosedOutput } from './output.js';
import { buildProgram } from './program.js';
import { reportError } from './report-error.js';
import { reportWarnings } from './report-warnings.js';

/**
 * Runs one command line.
 * @param args the arguments after the name of the command
 * @returns the exit status, see {@link exitCodes}; it never rejects
 */
export async function runCli(args: readonly string[]): Promise<number> {
  let json = args.includes('--json');
  tolerateClosedOutput();
  reportWarnings({ json });
  const program = buildProgram().hook('preSubcommand', (parent, command) => {
    if (command.name() !== 'conformance') return;
    json = parent.opts().json === true; // after its name, --json takes a file
    reportWarnings({ json });
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    await outputWritten();
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof Interruption) return error.exitCode;
    await outputWritten().catch(() => {}); // the first error is the one to tell, after what was printed
    reportError(error, { json });
    return exitCodeOf(error);
  }
}
