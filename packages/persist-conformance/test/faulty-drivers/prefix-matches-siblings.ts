import type { ListOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class PrefixMatchesSiblings extends FaultyDriver {
  override async *list(prefix: string, options?: ListOptions) {
    for await (const key of this.sound.list('', options)) if (key.startsWith(prefix)) yield key;
  }
}

export const prefixMatchesSiblings: Fault = {
  fault: 'list matches a prefix in the middle of a segment',
  caughtBy: 'H67',
  alsoCaughtBy: ['G61', 'H62', 'H63', 'H65'],
  breakDriver: (sound) => behindCreateDriver(new PrefixMatchesSiblings(sound)),
};
