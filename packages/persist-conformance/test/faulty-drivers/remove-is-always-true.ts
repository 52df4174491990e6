import type { RemoveOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class RemoveIsAlwaysTrue extends FaultyDriver {
  override async remove(key: string, options?: RemoveOptions) {
    await this.sound.remove(key, options);
    return true;
  }
}

export const removeIsAlwaysTrue: Fault = {
  fault: 'removing what is not there is told as a removal',
  caughtBy: 'C27',
  alsoCaughtBy: ['C29-states'],
  breakDriver: (sound) => behindCreateDriver(new RemoveIsAlwaysTrue(sound)),
};
