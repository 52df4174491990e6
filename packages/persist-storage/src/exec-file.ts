import * as childProcess from 'node:child_process';
import { promisify } from 'node:util';
import { PersistError } from '@sandkeep/persist-api';

const run = promisify(childProcess.execFile);

/**
 * Runs a program of the system, with its messages in English, and waits for it.
 * @throws `UNSUPPORTED` if there is no such program; `UNAVAILABLE` with the last line of what it said
 */
export async function execFile(
  program: string,
  args: readonly string[],
  options: { cwd?: string } = {},
): Promise<void> {
  try {
    await run(program, args, { ...options, env: { ...process.env, LC_ALL: 'C', LIBMOUNT_FORCE_MOUNT2: 'always' } });
  } catch (cause) {
    const { code, stderr, message } = cause as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') throw new PersistError('UNSUPPORTED', `this system has no program ${program}`, { cause });
    const said = stderr?.trim().split('\n').at(-1) || message;
    throw new PersistError('UNAVAILABLE', `${program}: ${said}`, { cause });
  }
}
