import { tmpdir } from 'node:os';
import { npmEnvironment } from './npm-environment.js';
import { succeed } from './run.js';

/** The program of the newest Node of a major version: the one that runs this if it is of that, else one from the npm package `node`. */
export async function nodeOfVersion(major: number): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const options = { cwd: tmpdir(), env: npmEnvironment() };
  const args = ['--yes', `--package=node@${major}`, '--', 'node', '--print', 'process.execPath'];
  return (await succeed('npx', args, options)).trim();
}
