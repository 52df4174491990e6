import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessGone } from '@sandkeep/persist-api';
import { CommitSlot } from './commit-slot.js';
import type { Root } from './root.js';
import { Staging } from './staging.js';

/**
 * Left-overs of processes that cannot be asked, on other machines, are swept after this time, by the
 * times of the files.
 */
const foreignAgeMs = 24 * 60 * 60 * 1000;

/**
 * Removes what dead processes left: what they staged, and their claims. Sweeping the left-overs of a
 * process that does live, after all, makes it start its attempt over, and nothing worse. What cannot be
 * removed stays.
 */
export function sweep({ staged, slots }: Root): void {
  const staging = new Staging(staged);
  for (const name of namesIn(staged)) {
    const attempt = Staging.attemptOf(name);
    if (isLeftOver(attempt, join(staged, name))) staging.discard(attempt);
  }
  for (const name of namesIn(slots)) {
    try {
      sweepSlot(join(slots, name));
    } catch {}
  }
}

function sweepSlot(path: string): void {
  const slot = new CommitSlot(path);
  const claimant = slot.claimant();
  if (claimant !== undefined) {
    if (!isLeftOver(claimant, path)) return;
    slot.takeAway(claimant);
  }
  slot.release();
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
