import { setTimeout as delay } from 'node:timers/promises';
import type { Change } from '../driver/change.js';
import type { WatchCall } from '../driver/driver-backend.js';
import { pauses } from '../lock/pauses.js';
import { isPersistError } from '../persist-error.js';
import { MergedChanges } from './merged-changes.js';
import { WakeUp } from './wake-up.js';
import type { WatchFeed, WatchSource } from './watch-source.js';

/** Between tries to list, in milliseconds. */
const firstPauseMs = 50;
const longestPauseMs = 5_000;

/**
 * The watch of a backend, made of what differs between backends: merges the changes of each key, lists and compares
 * versions at the start and whenever changes may have been missed, and tries that again after errors that can heal.
 * @param prefix `''`, or ends with `/`
 */
export async function* watchChanges(
  source: WatchSource,
  prefix: string,
  { signal, initial, onReady }: WatchCall,
): AsyncGenerator<Change, void, undefined> {
  const changes = new MergedChanges();
  const wakeUp = new WakeUp();
  let missed = false;
  const feed: WatchFeed = {
    tell(change) {
      if (!change.key.startsWith(prefix)) return;
      changes.add(change);
      wakeUp.ring();
    },
    missed() {
      missed = true;
      wakeUp.ring();
    },
  };
  const release = () => source.close();
  signal.addEventListener('abort', release);
  try {
    await (initial ? changes.compare(source.list(feed, signal)) : changes.assume(source.list(feed, signal)));
    let listedAt = performance.now();
    if (initial) yield* take(changes);
    onReady();
    for (;;) {
      yield* take(changes);
      const untilPoll = source.pollMs === undefined ? undefined : listedAt + source.pollMs - performance.now();
      if (!missed && (untilPoll === undefined || untilPoll > 0)) await wakeUp.wait(untilPoll, signal);
      const isTime = source.pollMs !== undefined && performance.now() - listedAt >= source.pollMs;
      if (!missed && !isTime) continue;
      await untilListed(async () => {
        missed = false;
        await changes.compare(source.list(feed, signal));
      }, signal);
      listedAt = performance.now();
    }
  } finally {
    signal.removeEventListener('abort', release);
    source.close();
  }
}

/** The changes that wait now. Those that come meanwhile wait for the next time. */
function* take(changes: MergedChanges): Generator<Change, void, undefined> {
  for (let left = changes.size; left > 0; left -= 1) {
    const change = changes.take();
    if (change === undefined) return;
    yield change;
  }
}

async function untilListed(list: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (const pause of pauses(firstPauseMs, longestPauseMs)) {
    try {
      return await list();
    } catch (error) {
      signal.throwIfAborted();
      if (!isPersistError(error) || !error.retryable) throw error;
    }
    await delay(pause, undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
  }
}
