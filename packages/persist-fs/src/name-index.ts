import { closeSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exists } from './document-file.js';
import { errnoOf, fromErrno } from './errors.js';

/**
 * One empty file for each document, under the same path, made before the document and removed after
 * it. Some file systems (tmpfs and btrfs among them) give a file that is renamed over another a new
 * place in the directory, so that a listing that runs meanwhile can miss it. These names are never
 * renamed over: a listing that looks here as well misses none.
 */
export class NameIndex {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Adds the name, if it is missing. Only whoever holds the document's commit slot may do so. */
  add(path: string): void {
    const name = join(this.directory, path);
    if (exists(name)) return;
    for (;;) {
      try {
        mkdirSync(dirname(name), { recursive: true, mode: 0o700 });
        closeSync(openSync(name, 'a', 0o600));
        return;
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw fromErrno(error, name);
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
