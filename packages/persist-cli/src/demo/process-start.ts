import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * When a process started, as a text to be compared for equality. Together with the pid it names one
 * process: a pid alone is soon given to another one.
 * @returns undefined if there is no such process, or only its zombie
 */
export async function processStart(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
}

/** The boot and the clock ticks since then: `<boot id>/<field 22 of /proc/<pid>/stat>`. */
async function startOnLinux(pid: number): Promise<string | undefined> {
  const [stat, bootId] = await Promise.all([read(`/proc/${pid}/stat`), read('/proc/sys/kernel/random/boot_id')]);
  // The name of the program, in parentheses, may hold anything: the fields are counted from behind it.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || state === 'Z' || state === 'X') return undefined;
  return `${bootId.trim()}/${fields[18]}`;
}

async function startByPs(pid: number): Promise<string | undefined> {
  const env = { ...process.env, LC_ALL: 'C' };
  const ps = promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env });
  const [state = '', ...start] = await ps.then(
    ({ stdout }) => stdout.trim().split(/\s+/),
    () => [],
  );
  return state === '' || state.startsWith('Z') ? undefined : start.join(' ');
}

/** The content of a file; empty if there is none, also when its process ends while it is read. */
async function read(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}
