import type { WatchOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class WatchForgetsRemovals extends FaultyDriver {
  override async *watch(prefix: string, options?: WatchOptions) {
    for await (const change of super.watch(prefix, options)) if (change.type === 'written') yield change;
  }
}

export const watchForgetsRemovals: Fault = {
  fault: 'a watch does not tell of removals',
  caughtBy: 'L102',
  leftOut: ['J88', 'L103', 'L105'],
  limitMs: 3_000,
  breakDriver: (sound) => behindCreateDriver(new WatchForgetsRemovals(sound)),
};
