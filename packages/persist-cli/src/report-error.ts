import { inspect } from 'node:util';
import { isPersistError, type PersistError } from '@sandkeep/persist-api';
import { CommandFailure } from './command-failure.js';
import { colorsFor, remark } from './output.js';
import { parseSandboxKey, removalOf } from './sandbox-key.js';

/**
 * Tells on the standard error what a command threw: `sandkeep: ` and the message, and what to do about
 * it where that is known. Only an error that is neither the user's nor the backend's shows its stack.
 * @param json one line of JSON, `{"error":{"code":…,"message":…}}`, instead
 */
export function reportError(error: unknown, { json }: { json: boolean }): void {
  remark(json ? JSON.stringify({ error: toJson(error) }) : describe(error));
}

function describe(error: unknown): string {
  const { red } = colorsFor(process.stderr);
  const start = red('sandkeep:');
  if (error instanceof CommandFailure) return `${start} ${error.message}`;
  if (!isPersistError(error)) return `${start} unexpected error\n${inspect(error)}`;
  const hint = hintFor(error);
  return `${start} ${error.message}${hint === undefined ? '' : `\n${hint}`}`;
}

/** What to do about a sandbox whose document was read in vain; undefined for any other error. */
function hintFor({ code, operation, key }: PersistError): string | undefined {
  if (operation !== 'read' || key === undefined || parseSandboxKey(key) === undefined) return undefined;
  if (code === 'CORRUPT') return `It was left as it is. "${removalOf(key)}" removes it for good.`;
  if (code === 'FORMAT_UNSUPPORTED') return 'It was left as it is.';
  return undefined;
}

function toJson(error: unknown): Record<string, unknown> {
  if (isPersistError(error)) return error.toJSON();
  if (error instanceof CommandFailure) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error), stack: inspect(error) };
}
