import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isProcessGone } from '@sandkeep/persist-api';
import { exists } from './document-file.js';
import { errnoOf } from './errors.js';

/** How long a claim may stand still, by the clock of whoever waits for it, before it is taken away. */
const patienceMs = 1000;
const longestPauseMs = 16;

/** The slot's place for what is called `name` in `directory`. */
export function slotPath(directory: string, name: string): string {
  return join(directory, hash('sha256', name).slice(0, 32));
}

/**
 * The place where at most one attempt at a time can commit a change of one document: the directory
 * `slots/<hash>`. It is claimed by renaming the attempt's staged directory to it, which fails as long
 * as the file or directory of another attempt is inside. A claim that stands still is taken away by
 * removing what is inside, by its name: a claimant that was only paused then fails with ENOENT when it
 * commits, even if it was paused inside the call. No lock outlives a crash, and no clocks are compared.
 */
export class CommitSlot {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What `attempt` staged, once it holds the slot; the path exists only while it does. */
  path(attempt: string): string {
    return `${this.#path}/${attempt}`;
  }

  /**
   * Moves the directory `staged` of an attempt into the slot, waiting for others. False if it is gone,
   * because somebody took this process for dead.
   */
  async claim(staged: string, signal: AbortSignal | undefined): Promise<boolean> {
    let seen: string | undefined;
    let since = 0;
    for (let pause = 1; ; pause = Math.min(pause * 2, longestPauseMs)) {
      const outcome = this.#tryClaim(staged);
      if (outcome !== 'busy') return outcome === 'claimed';
      const claimant = this.claimant();
      const now = performance.now();
      if (claimant !== seen) {
        seen = claimant;
        since = now;
      }
      const isStale = claimant !== undefined && (now - since >= patienceMs || isProcessGone(claimant));
      if (isStale) this.takeAway(claimant);
      else await delay(pause * (0.5 + Math.random()));
      signal?.throwIfAborted();
    }
  }

  /**
   * Frees the slot after a commit. Harmless if it is another's by now; if it fails, the next claim
   * finds the slot empty.
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

  /** Ends the claim of `attempt`, or clears up behind its removal if that is committed already. */
  takeAway(attempt: string): void {
    const path = this.path(attempt);
    try {
      unlinkSync(path);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOENT') return;
      if (errno !== 'EISDIR' && errno !== 'EPERM') throw error;
      try {
        rmdirSync(path);
      } catch (failure) {
        if (errnoOf(failure) === 'ENOENT') return;
        if (!['ENOTEMPTY', 'EEXIST'].includes(errnoOf(failure) ?? '')) throw failure;
        rmSync(path, { recursive: true, force: true });
      }
    }
  }

  /** The attempt that has the slot; undefined when nobody has it. */
  claimant(): string | undefined {
    try {
      return readdirSync(this.#path)[0];
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  #tryClaim(staged: string): 'claimed' | 'busy' | 'gone' {
    for (;;) {
      try {
        renameSync(staged, this.#path);
        return 'claimed';
      } catch (error) {
        const errno = errnoOf(error);
        if (errno === 'ENOTEMPTY' || errno === 'EEXIST') return 'busy';
        if (errno !== 'ENOENT') throw error;
        if (!exists(staged)) return 'gone';
        mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      }
    }
  }
}
