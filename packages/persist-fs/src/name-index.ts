import { closeSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { exists } from './document-file.js';
import { errnoOf } from './errors.js';
import { makeParents } from './parent-directories.js';

/**
 * One empty file for each document, under the same path, made before the document and removed after
 * it. Some file systems (tmpfs was seen to) give a file that is renamed over another a new
 * place in the directory, so that a listing that runs meanwhile can miss it. These names are never
 * renamed over: a listing that looks here afterwards misses none.
 */
export class NameIndex {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Adds the name, if it is missing. Only whoever holds the document's commit slot may do so. */
  add(path: string): void {
    const name = join(this.directory, path);
    while (!exists(name)) {
      try {
        closeSync(openSync(name, 'a', 0o600));
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error;
        makeParents(name);
      }
    }
  }

  /**
   * Moves the name into the directory `inside`, which exists only while the slot is held. A name that
   * stays behind does no harm: a listing looks whether there is a document.
   */
  remove(path: string, inside: string): void {
    try {
      renameSync(join(this.directory, path), join(inside, 'name'));
    } catch {}
  }
}
