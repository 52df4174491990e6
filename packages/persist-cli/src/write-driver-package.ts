import { mkdirSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PersistError } from '@sandkeep/persist-api';
import { CommandFailure } from './command-failure.js';

const template = fileURLToPath(new URL('../templates/driver', import.meta.url));

/**
 * The files of the template, and what they are called in the package: npm does not publish a `.gitignore`,
 * and a `package.json` would be taken for that of a directory of this package.
 */
const files: Readonly<Record<string, string>> = {
  'package.template.json': 'package.json',
  'tsconfig.json': 'tsconfig.json',
  gitignore: '.gitignore',
  'README.md': 'README.md',
  'src/documents.ts': 'src/documents.ts',
  'src/backend.ts': 'src/backend.ts',
  'src/index.ts': 'src/index.ts',
  'test/harness.js': 'test/harness.js',
  'test/conformance.test.js': 'test/conformance.test.js',
};

/**
 * Writes the package of a new driver.
 * @returns the files that were written, relative to `directory`
 * @throws `INVALID_ARGUMENT` if `directory`, or one above it, is something else than a directory, or it is not empty:
 *   nothing is written then
 * @throws CommandFailure if it cannot be written, as on a full disk; what was written before stays
 */
export async function writeDriverPackage(name: string, directory: string): Promise<string[]> {
  makeDirectory(directory);
  if ((await readdir(directory)).length > 0) {
    throw new PersistError('INVALID_ARGUMENT', `${directory} is not empty: expected a new or an empty directory`);
  }
  const { version } = JSON.parse(await readFile(join(template, '../../package.json'), 'utf8'));
  const values = { 'package-name': name, 'driver-name': name.replace(/^@.*\//, ''), 'sandkeep-version': version };
  for (const [from, to] of Object.entries(files)) {
    const text = await readFile(join(template, from), 'utf8');
    makeDirectory(dirname(join(directory, to)));
    await writeFile(join(directory, to), fillIn(text, values), { flag: 'wx' }).catch((cause) => {
      throw unwritable(join(directory, to), cause);
    });
  }
  return Object.values(files);
}

/** Synchronous, as `mkdir` of `node:fs/promises` says ENOENT on a full disk with Node 20. */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw unwritable(directory, cause as NodeJS.ErrnoException);
  }
}

function unwritable(path: string, cause: NodeJS.ErrnoException): Error {
  const problem = `${path} cannot be made: ${cause.message}`;
  const isOther = cause.code === 'EEXIST' || cause.code === 'ENOTDIR';
  return isOther ? new PersistError('INVALID_ARGUMENT', problem, { cause }) : new CommandFailure(problem);
}

function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /package-name|driver-name|sandkeep-version/g,
    (placeholder) => values[placeholder] ?? placeholder,
  );
}
