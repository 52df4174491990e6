import { setTimeout as sleep } from 'node:timers/promises';
import type { PersistDriver } from '@sandkeep/persist-api';

const attempts = 4;

/**
 * Runs `attempt`, whose outcome means something only if a lease of the ttl that it is given can be renewed in time:
 * a failure during which this process or the storage stood still for a quarter of that is tried again, some times,
 * each with twice the ttl of the last.
 * @param ttlMs of the first attempt
 * @param driver writes small documents of its own meanwhile, to see that
 */
export async function unlessStalled(
  ttlMs: number,
  driver: PersistDriver,
  attempt: (ttlMs: number) => Promise<void>,
): Promise<void> {
  for (let left = attempts; ; left -= 1, ttlMs *= 2) {
    const stall = new StallWatch(driver, ttlMs / 20);
    try {
      return await attempt(ttlMs);
    } catch (error) {
      await stall.end();
      if (left === 1 || stall.longestMs < ttlMs / 4) throw error;
    } finally {
      await stall.end();
    }
  }
}

class StallWatch {
  /** The longest that a write took, with the pause before it. */
  longestMs = 0;
  readonly #ending = new AbortController();
  readonly #watching: Promise<void>;

  constructor(driver: PersistDriver, pauseMs: number) {
    this.#watching = this.#watch(driver, pauseMs);
  }

  end(): Promise<void> {
    this.#ending.abort();
    return this.#watching;
  }

  async #watch(driver: PersistDriver, pauseMs: number): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const began = performance.now();
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
      await driver.write('unless-stalled', new Uint8Array([1])).catch(() => {});
      this.longestMs = Math.max(this.longestMs, performance.now() - began);
    }
  }
}
