import { exitCodeOf, exitCodes } from './exit-codes.js';
import { Interruption } from './interruption.js';
import { tolerateClosedOutput } from './output.js';
import { buildProgram } from './program.js';
import { reportError } from './report-error.js';

/**
 * Runs one command line.
 * @param args the arguments after the name of the command
 * @returns the exit status, see {@link exitCodes}; it never rejects
 */
export async function runCli(args: readonly string[]): Promise<number> {
  tolerateClosedOutput();
  try {
    const program = buildProgram();
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    if (error instanceof Interruption) return error.exitCode;
    reportError(error, { json: args.includes('--json') });
    return exitCodeOf(error);
  }
}
