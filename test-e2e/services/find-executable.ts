import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program: on the PATH, or where distributions put servers; undefined if it is nowhere. */
export function findExecutable(name: string): string | undefined {
  const usual = ['/usr/bin', '/usr/sbin', '/sbin', '/usr/local/bin'];
  for (const directory of [...(process.env.PATH ?? '').split(delimiter), ...usual]) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not here
    }
  }
  return undefined;
}
