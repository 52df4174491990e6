import { statSync } from 'node:fs';
import { PersistError } from '../persist-error.js';

/** A file that a database keeps open. One that is unlinked or replaced would go on taking writes, and lose them. */
export class HeldFile {
  readonly #path: string;
  readonly #identity: string | undefined;
  #isChecked = false;

  /** @param path of a file that was opened just now */
  constructor(path: string) {
    this.#path = path;
    this.#identity = identityOf(path);
  }

  /** Looks once in each turn of the event loop. @throws `UNAVAILABLE` if the path names another file, or none */
  assertPresent(): void {
    if (this.#isChecked) return;
    if (identityOf(this.#path) !== this.#identity) {
      throw new PersistError('UNAVAILABLE', `${this.#path} was removed or replaced`);
    }
    this.#isChecked = true;
    setImmediate(() => {
      this.#isChecked = false;
    });
  }
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
