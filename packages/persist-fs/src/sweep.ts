import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommitSlot } from './commit-slot.js';
import { errnoOf } from './errors.js';
import { isProcessGone } from './process-identity.js';
import type { Root } from './root.js';
import { draftSuffix, type Staging } from './staging.js';

/** Left-overs of processes that cannot be asked, on other machines, are swept after this time. */
const foreignAgeMs = 24 * 60 * 60 * 1000;

/**
 * Removes what dead processes left: what they staged, and their claims. Sweeping the left-overs of a
 * process that does live, after all, makes it start its attempt over, and nothing worse.
 */
export function sweep({ staged, slots }: Root, staging: Staging): void {
  for (const attempt of namesIn(staged)) {
    if (isLeftOver(attempt, join(staged, attempt))) staging.discard(attempt.replace(draftSuffix, ''));
  }
  for (const name of namesIn(slots)) {
    const path = join(slots, name);
    const slot = new CommitSlot(path, staging);
    const claimant = slot.claimant();
    if (claimant === undefined) slot.release();
    else if (isLeftOver(claimant, path)) slot.takeAway();
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
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
