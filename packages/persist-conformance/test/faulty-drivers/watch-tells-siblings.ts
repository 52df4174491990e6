import type { WatchOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class WatchTellsSiblings extends FaultyDriver {
  override async *watch(prefix: string, options?: WatchOptions) {
    for await (const change of super.watch('', options)) if (change.key.startsWith(prefix)) yield change;
  }
}

export const watchTellsSiblings: Fault = {
  fault: 'a watch matches a prefix in the middle of a segment',
  caughtBy: 'L103',
  alsoCaughtBy: ['J88'],
  limitMs: 3_000,
  breakDriver: (sound) => behindCreateDriver(new WatchTellsSiblings(sound)),
};
