import type { RemoveOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class RemoveTakesWhatIsBelow extends FaultyDriver {
  override async remove(key: string, options?: RemoveOptions) {
    const removed = await this.sound.remove(key, options);
    for await (const below of this.sound.list(key)) await this.sound.remove(below);
    return removed;
  }
}

export const removeTakesWhatIsBelow: Fault = {
  fault: 'remove of a document removes the documents below it, as a directory would go',
  caughtBy: 'C28',
  alsoCaughtBy: ['C27', 'G59-longest', 'H65'],
  breakDriver: (sound) => behindCreateDriver(new RemoveTakesWhatIsBelow(sound)),
};
