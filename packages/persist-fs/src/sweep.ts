import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessGone } from '@sandkeep/persist-api';
import { CommitSlot } from './commit-slot.js';
import { exists } from './document-file.js';
import type { Root } from './root.js';
import { Staging } from './staging.js';

/**
 * Left-overs of processes that cannot be asked, on other machines, are swept after this time, by the
 * times of the files.
 */
const foreignAgeMs = 24 * 60 * 60 * 1000;

/** What a dead process left in a store: what it staged, or its claim. */
export interface LeftOver {
  readonly path: string;
  /**
   * Removes it. If its process does live, after all, that makes it start its attempt over, and nothing worse.
   * @returns whether it is gone
   */
  remove(): boolean;
}

/** Removes what dead processes left. What cannot be removed stays. */
export function sweep(root: Root): void {
  for (const leftOver of leftOvers(root)) leftOver.remove();
  for (const name of namesIn(root.slots)) new CommitSlot(join(root.slots, name)).release();
}

export function* leftOvers({ staged, slots }: Root): Generator<LeftOver> {
  const staging = new Staging(staged);
  for (const name of namesIn(staged)) {
    const attempt = Staging.attemptOf(name);
    const path = join(staged, name);
    if (isLeftOver(attempt, path)) yield leftOver(path, () => staging.discard(attempt));
  }
  for (const name of namesIn(slots)) {
    const path = join(slots, name);
    const slot = new CommitSlot(path);
    const claimant = claimantOf(slot);
    if (claimant === undefined || !isLeftOver(claimant, path)) continue;
    yield leftOver(slot.path(claimant), () => {
      slot.takeAway(claimant);
      slot.release();
    });
  }
}

function leftOver(path: string, remove: () => void): LeftOver {
  return {
    path,
    remove() {
      try {
        remove();
      } catch {}
      return !exists(path);
    },
  };
}

/** Undefined, too, for what is no slot. */
function claimantOf(slot: CommitSlot): string | undefined {
  try {
    return slot.claimant();
  } catch {
    return undefined;
  }
}

function isLeftOver(attempt: string, path: string): boolean {
  if (isProcessGone(attempt)) return true;
  const entry = lstatSync(path, { throwIfNoEntry: false });
  return entry !== undefined && Date.now() - entry.mtimeMs > foreignAgeMs;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
