import type { WatchOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class WatchHoldsOn extends FaultyDriver {
  readonly #timers: NodeJS.Timeout[] = [];

  override watch(prefix: string, options?: WatchOptions) {
    this.#timers.push(setInterval(() => {}, 60_000));
    return super.watch(prefix, options);
  }

  override close() {
    for (const timer of this.#timers) clearInterval(timer);
    return super.close();
  }
}

export const watchHoldsOn: Fault = {
  fault: 'a watch that has ended leaves its timer behind',
  caughtBy: 'L108',
  limitMs: 3_000,
  breakDriver: (sound) => behindCreateDriver(new WatchHoldsOn(sound)),
};
