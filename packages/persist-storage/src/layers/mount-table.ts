import { readFile } from 'node:fs/promises';

/**
 * Where something is mounted, in this process's mount name space, by the kernel's own list
 * (/proc/self/mountinfo, described in proc_pid_mountinfo(5)). A place that is mounted over twice is in it twice.
 */
export async function mountPoints(): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  return table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => unescapeOctal(line.split(' ')[4] as string));
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
