import { setTimeout as sleep } from 'node:timers/promises';
import type { PersistDriver } from '@sandkeep/persist-api';
import { bytes } from '../documents.js';
import type { DriverProcess } from './driver-process.js';

const patienceMs = 3000;

/**
 * Stops the process while `others` runs. A process that is stopped in the middle of a commit may hold a lock of the
 * backend's own (the write lock of an embedded database), behind which everybody waits: it goes on after a while then.
 */
export async function whileStopped<T>(child: DriverProcess, others: () => Promise<T>): Promise<T> {
  await child.pause();
  const outcome = others();
  await endsInTime(outcome);
  child.resume();
  return await outcome;
}

/** Stops the process at a moment at which it holds no lock of the backend's own. */
export async function stopBetweenCommits(child: DriverProcess, driver: PersistDriver): Promise<void> {
  for (;;) {
    await child.pause();
    const attempt = driver.write('while-stopped', bytes('can others write?'));
    if (await endsInTime(attempt)) break;
    child.resume();
    await attempt;
  }
  await driver.remove('while-stopped');
}

/** Whether the promise settles soon, in whatever way. */
async function endsInTime(promise: Promise<unknown>): Promise<boolean> {
  const limit = new AbortController();
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, sleep(patienceMs, false, { signal: limit.signal })]);
  } finally {
    limit.abort();
  }
}
