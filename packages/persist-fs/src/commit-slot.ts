import { createHash } from 'node:crypto';
import { readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, fromErrno } from './errors.js';
import { isProcessGone, newAttemptId } from './process-identity.js';
import type { Staging } from './staging.js';

/** How long a claim may stand still, by the clock of whoever waits for it, before it is taken away. */
const patienceMs = 1000;
const longestPauseMs = 16;

/** The slot's place for what is called `name` in `directory`. */
export function slotPath(directory: string, name: string): string {
  return join(directory, createHash('sha256').update(name).digest('hex').slice(0, 32));
}

/**
 * The place where at most one attempt at a time can commit a change of one document: the directory
 * `slots/<hash>`. It is claimed by renaming the attempt's staged directory to it, which fails as long
 * as another attempt's file is inside. A claim that stands still is taken away by renaming it aside;
 * the path of the attempt inside the slot is gone then, so that a claimant that was only paused fails
 * with ENOENT when it commits. No lock outlives a crash, and no clocks are compared.
 */
export class CommitSlot {
  readonly #path: string;
  readonly #staging: Staging;

  constructor(path: string, staging: Staging) {
    this.#path = path;
    this.#staging = staging;
  }

  /** What `attempt` staged, once it holds the slot; the path exists only while it does. */
  path(attempt: string): string {
    return join(this.#path, attempt);
  }

  /**
   * Moves what `attempt` staged into the slot, waiting for others. False if what was staged is gone,
   * because somebody took this process for dead.
   */
  async claim(attempt: string, signal: AbortSignal | undefined): Promise<boolean> {
    let seen: string | undefined;
    let since = 0;
    for (let pause = 1; ; pause = Math.min(pause * 2, longestPauseMs)) {
      const outcome = this.#tryClaim(attempt);
      if (outcome !== 'busy') return outcome === 'claimed';
      const claimant = this.claimant();
      if (claimant === undefined) continue;
      const now = performance.now();
      if (claimant !== seen) {
        seen = claimant;
        since = now;
      }
      if (now - since >= patienceMs || isProcessGone(claimant)) this.takeAway();
      else await delay(pause * (0.5 + Math.random()));
      signal?.throwIfAborted();
    }
  }

  /**
   * Frees the slot after a commit. Harmless if it is another's by now; if it fails, the next claim
   * finds the slot empty or takes it away.
   */
  release(): void {
    try {
      rmdirSync(this.#path);
    } catch {}
  }

  /** Frees the slot of a claim that was not committed, or of what a removal moved into it. */
  abandon(attempt: string): void {
    try {
      rmSync(this.path(attempt), { recursive: true, force: true });
    } catch {}
    this.release();
  }

  /** Takes the slot away from whoever has it. */
  takeAway(): void {
    const aside = newAttemptId();
    try {
      renameSync(this.#path, this.#staging.path(aside));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw fromErrno(error, this.#path);
    }
    this.#staging.discard(aside);
  }

  /** The attempt that has the slot; undefined when nobody has it. */
  claimant(): string | undefined {
    try {
      return readdirSync(this.#path)[0];
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw fromErrno(error, this.#path);
    }
  }

  #tryClaim(attempt: string): 'claimed' | 'busy' | 'gone' {
    try {
      renameSync(this.#staging.path(attempt), this.#path);
      return 'claimed';
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOTEMPTY' || errno === 'EEXIST') return 'busy';
      if (errno === 'ENOENT') return 'gone';
      throw fromErrno(error, this.#path);
    }
  }
}
