import { mkdirSync, renameSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf } from './errors.js';
import type { Staging } from './staging.js';

const patienceMs = 1000;
const pauseMs = 5;

/**
 * A directory within a directory, made while there is room, so that a document can be removed when the
 * file system is full: making them then would fail, and moving them needs no room.
 */
export class RemovalReserve {
  readonly #spare: string;

  constructor(spare: string) {
    this.#spare = spare;
    this.replenish();
  }

  /** Makes the reserve, if it was used and there is room. */
  replenish(): void {
    try {
      mkdirSync(`${this.#spare}/inner`, { recursive: true, mode: 0o700 });
    } catch {}
  }

  /**
   * As {@link Staging.stageDirectory}, but on a full file system it takes the reserve, and waits up to a
   * second for other removals to bring it back.
   */
  async stageDirectory(staging: Staging, attempt: string): Promise<void> {
    const until = performance.now() + patienceMs;
    for (;;) {
      try {
        return staging.stageDirectory(attempt);
      } catch (error) {
        if (!['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '')) throw error;
        if (this.#take(staging, attempt)) return;
        if (performance.now() > until) throw error;
        await delay(pauseMs);
      }
    }
  }

  #take(staging: Staging, attempt: string): boolean {
    try {
      renameSync(this.#spare, staging.path(attempt));
      renameSync(`${staging.path(attempt)}/inner`, `${staging.path(attempt)}/${attempt}`);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }
}
