import { mkdirSync, renameSync } from 'node:fs';
import { errnoOf } from './errors.js';

/**
 * A directory within a directory, made while there is room, so that a document can be removed when the
 * file system is full: making them then would fail, and moving them needs no room.
 */
export class RemovalReserve {
  readonly #spare: string;

  constructor(spare: string) {
    this.#spare = spare;
  }

  /** Makes the reserve, if it was used and there is room. */
  replenish(): void {
    try {
      mkdirSync(`${this.#spare}/inner`, { recursive: true, mode: 0o700 });
    } catch {}
  }

  /** Moves the reserve to `<directory>/<attempt>`. False if another removal is using it. */
  take(directory: string, attempt: string): boolean {
    try {
      renameSync(this.#spare, directory);
      renameSync(`${directory}/inner`, `${directory}/${attempt}`);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }
}
