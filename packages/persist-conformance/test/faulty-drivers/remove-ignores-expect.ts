import type { RemoveOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class RemoveIgnoresExpect extends FaultyDriver {
  override remove(key: string, { signal }: RemoveOptions = {}) {
    return this.sound.remove(key, { signal });
  }
}

export const removeIgnoresExpect: Fault = {
  fault: 'remove takes no notice of its condition',
  caughtBy: 'D37',
  alsoCaughtBy: ['D35', 'J90'],
  breakDriver: (sound) => behindCreateDriver(new RemoveIgnoresExpect(sound)),
};
