import * as childProcess from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { PersistError } from '@sandkeep/persist-api';

const run = promisify(childProcess.execFile);

/** Has the kernel kill the program when this process is killed, so that it does not go on after a crash. */
const endsWithUs = ['--pdeathsig', 'KILL', '--'];
let setprivWorks: Promise<boolean> | undefined;

/**
 * Runs a program of the system, with its messages in English, and waits for it. Where there is setpriv(1) of
 * util-linux, the program ends with this process.
 * @throws `UNSUPPORTED` if there is no such program; `UNAVAILABLE` with the last line of what it said
 */
export async function execFile(
  program: string,
  args: readonly string[],
  options: { cwd?: string } = {},
): Promise<void> {
  setprivWorks ??= run('setpriv', [...endsWithUs, 'true']).then(
    () => true,
    () => false,
  );
  const command = (await setprivWorks) ? ['setpriv', ...endsWithUs, program, ...args] : [program, ...args];
  try {
    await run(command[0] as string, command.slice(1), {
      ...options,
      env: { ...process.env, LC_ALL: 'C', LIBMOUNT_FORCE_MOUNT2: 'always' },
    });
  } catch (cause) {
    const { code, stderr, message } = cause as NodeJS.ErrnoException & { stderr?: string };
    if ((code === 'ENOENT' && existsSync(options.cwd ?? '.')) || /setpriv: failed to execute/.test(stderr ?? '')) {
      throw new PersistError('UNSUPPORTED', `this system has no program ${program}`, { cause });
    }
    const said =
      stderr
        ?.trim()
        .split('\n')
        .filter((line) => !/dmesg\(1\)/.test(line))
        .at(-1) || message;
    throw new PersistError('UNAVAILABLE', `${program}: ${said}`, { cause });
  }
}
