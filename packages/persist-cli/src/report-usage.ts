import type { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.js';
import { colorsFor, remark } from './output.js';

interface UsageReport {
  /** One line of JSON, `{"error":{"code":…,"message":…}}`, instead. */
  readonly json: boolean;
  /** What was to be run, as far as that is known: `sandkeep ls`. */
  readonly command: string;
}

/**
 * Tells on the standard error what Commander ended with: wrong usage, or, without a word, that it has
 * printed the help or the version.
 * @returns the exit status
 */
export function reportUsage({ code, exitCode, message }: CommanderError, { json, command }: UsageReport): number {
  if (!/^commander\.(help|version)/.test(code)) {
    const problem = message.replace(/^error: /, '');
    const { red } = colorsFor(process.stderr);
    remark(
      json
        ? JSON.stringify({ error: { code: 'INVALID_ARGUMENT', message: problem } })
        : `${red('sandkeep:')} ${problem}\nTry "${command} --help".`,
    );
  }
  return exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}
