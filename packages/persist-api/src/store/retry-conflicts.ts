import { setTimeout } from 'node:timers/promises';
import type { Version } from '../driver/document.js';
import { isPersistError } from '../persist-error.js';

/** The longest wait between two attempts, in milliseconds. */
const maxDelayMs = 200;

/**
 * Attempts until one succeeds, and waits for a random, growing time after each that met a conflict.
 * There is no limit to the attempts: of several that meet each other, one always succeeds.
 * @param attempt gives undefined for a conflict; what it throws ends the attempts
 * @param signal ends the wait; `attempt` is expected to heed it, too
 */
export async function retryConflicts<T>(
  signal: AbortSignal | undefined,
  attempt: (count: number) => Promise<T | undefined>,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    const result = await attempt(count);
    if (result !== undefined) return result;
    const delay = Math.random() * Math.min(maxDelayMs, 2 ** count);
    await setTimeout(delay, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** What a conditional write gives, or undefined if it met a conflict. */
export async function unlessConflict(write: Promise<Version>): Promise<Version | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isPersistError(error, 'CONFLICT')) return undefined;
    throw error;
  }
}
