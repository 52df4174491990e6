import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Harness } from '@sandkeep/persist-conformance';
import { CommandFailure } from '../command-failure.js';

/**
 * Imports a harness that somebody wrote.
 * @param path of a module whose default export is a `Harness`
 * @throws CommandFailure that says what is wrong with it, and what is expected
 */
export async function loadHarness(path: string): Promise<Harness> {
  const file = resolve(path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new CommandFailure(
      `${path} does not exist: give the URL of a store, or the file of a harness (./harness.js)`,
    );
  }
  if (found.isDirectory()) {
    throw new CommandFailure(`${path} is a directory: give ${pathToFileURL(file).href}, or the file of a harness`);
  }
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new CommandFailure(`${path} cannot be imported: ${error instanceof Error ? error.message : error}`);
  }
  const { checkHarness } = await import('@sandkeep/persist-conformance');
  try {
    return checkHarness(module.default);
  } catch (error) {
    throw new CommandFailure(`the default export of ${path} is no harness: ${(error as Error).message}`);
  }
}
