import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PersistError } from '@sandkeep/persist-api';
import { errnoOf } from './errors.js';

/**
 * Makes the directory of a file, and those above it. Others may remove them again at any moment, as long
 * as they are empty.
 */
export function makeParents(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    // Somebody removed a directory while this call was at the next one: whoever needs it asks again.
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * Removes the directories between `root` and the file `name` that have become empty, so that short-lived
 * keys leave nothing behind.
 * @returns the paths that were removed
 */
export function pruneParents(root: string, name: string): string[] {
  const removed: string[] = [];
  try {
    for (let parent = dirname(name); parent !== '.'; parent = dirname(parent)) {
      rmdirSync(join(root, parent));
      removed.push(join(root, parent));
    }
  } catch {
    // Not empty, or gone: both are fine.
  }
  return removed;
}

/** @throws `PERMISSION_DENIED` if one of the directories between `root` and the file `name` is a link */
export function refuseLinks(root: string, name: string): void {
  let path = root;
  for (const part of name.split('/').slice(0, -1)) {
    path = `${path}/${part}`;
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined) return;
    if (entry.isSymbolicLink()) {
      throw new PersistError('PERMISSION_DENIED', `${path} is a symbolic link, and links are not followed`);
    }
  }
}
