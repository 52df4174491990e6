import type { ListOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class ListLosesPageBorder extends FaultyDriver {
  override async *list(prefix: string, options?: ListOptions) {
    let count = 0;
    for await (const key of this.sound.list(prefix, options)) {
      count += 1;
      if (count !== 1001) yield key;
    }
  }
}

export const listLosesPageBorder: Fault = {
  fault: 'list loses the first key of the second page',
  caughtBy: 'H64',
  breakDriver: (sound) => behindCreateDriver(new ListLosesPageBorder(sound)),
};
