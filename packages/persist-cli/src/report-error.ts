import { inspect } from 'node:util';
import { isPersistError } from '@sandkeep/persist-api';
import { CommanderError } from 'commander';
import { CommandFailure } from './command-failure.js';
import { colorsFor, remark } from './output.js';

/**
 * Tells on the standard error what a command threw: `sandkeep: ` and the message, and what to do about
 * it where that is known. Only an error that is neither the user's nor the backend's shows its stack.
 * @param json one line of JSON, `{"error":{"code":…,"message":…}}`, instead
 */
export function reportError(error: unknown, { json }: { json: boolean }): void {
  if (error instanceof CommanderError && /^commander\.(help|version)/.test(error.code)) return;
  remark(json ? JSON.stringify({ error: toJson(error) }) : describe(error));
}

function describe(error: unknown): string {
  const { red } = colorsFor(process.stderr);
  const start = red('sandkeep:');
  if (error instanceof CommanderError) {
    return `${start} ${error.message.replace(/^error: /, '')}\nTry "sandkeep --help".`;
  }
  if (error instanceof CommandFailure) return `${start} ${error.message}`;
  if (!isPersistError(error)) return `${start} unexpected error\n${inspect(error)}`;
  const hint = hintFor(error.code);
  return `${start} ${error.message}${hint === undefined ? '' : `\n${hint}`}`;
}

function hintFor(code: string): string | undefined {
  switch (code) {
    case 'CORRUPT':
      return 'It was left as it is. "sandkeep rm <id>" removes it for good.';
    case 'LOCK_TIMEOUT':
      return '"sandkeep locks" shows who holds it.';
    case 'FORMAT_UNSUPPORTED':
      return 'It was left as it is. A newer version of sandkeep may read it.';
    default:
      return undefined;
  }
}

function toJson(error: unknown): Record<string, unknown> {
  if (error instanceof CommanderError) {
    return { code: 'INVALID_ARGUMENT', message: error.message.replace(/^error: /, '') };
  }
  if (isPersistError(error)) return error.toJSON();
  if (error instanceof CommandFailure) return { code: 'FAILED', message: error.message };
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error), stack: inspect(error) };
}
