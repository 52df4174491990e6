import type { RemoveOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class RemoveIgnoresExpect extends FaultyDriver {
  override remove(key: string, { signal }: RemoveOptions = {}) {
    return this.sound.remove(key, { signal });
  }
}

export const removeIgnoresExpect: Fault = {
  fault: 'remove takes no notice of its condition',
  caughtBy: 'D37',
  breakDriver: (sound) => new RemoveIgnoresExpect(sound),
};
