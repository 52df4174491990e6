import { lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PersistError } from '../persist-error.js';

/** Kernels count the time of a change in steps of some milliseconds: of two changes in one step the second is not seen. */
const coarseMs = 100;

/**
 * A file that a database keeps open. One that is unlinked or replaced would go on taking writes, and lose them.
 *
 * What is looked at is its directory, and the file itself only after that has changed: where the kernel keeps fine times
 * (Linux 6.13), every look at a file makes the next write to it change its times, and a durable write flush them. Where a
 * link leads to the file, its directory tells nothing, and each look is at the file.
 */
export class HeldFile {
  readonly #path: string;
  readonly #identity: string | undefined;
  /** What the directory was when the file was last seen in it; undefined if that tells nothing. */
  #directory: string | undefined;
  #isChecked = false;

  /** @param path of a file that was opened just now */
  constructor(path: string) {
    this.#path = path;
    this.#identity = identityOf(path);
  }

  /** Looks once in each turn of the event loop. @throws `UNAVAILABLE` if the path names another file, or none */
  assertPresent(): void {
    if (this.#isChecked) return;
    const directory = stateOf(dirname(this.#path));
    if (directory === undefined || directory !== this.#directory) {
      if (identityOf(this.#path) !== this.#identity) {
        throw new PersistError('UNAVAILABLE', `${this.#path} was removed or replaced`);
      }
      this.#directory = isLink(this.#path) ? undefined : directory;
    }
    this.#isChecked = true;
    setImmediate(() => {
      this.#isChecked = false;
    });
  }
}

/** Differs after every later change of the directory's entries; undefined if the last one was too short ago for that. */
function stateOf(directory: string): string | undefined {
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (stats === undefined || Date.now() - stats.ctimeMs < coarseMs) return undefined;
  return `${stats.dev}:${stats.ino}:${stats.ctimeMs}`;
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
