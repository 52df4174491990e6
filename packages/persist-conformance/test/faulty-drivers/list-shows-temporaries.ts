import type { WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class ListShowsTemporaries extends FaultyDriver {
  override async write(key: string, data: Uint8Array, options?: WriteOptions) {
    const draft = `${key}.tmp`;
    await this.sound.write(draft, data);
    try {
      return await this.sound.write(key, data, options);
    } finally {
      await this.sound.remove(draft);
    }
  }
}

export const listShowsTemporaries: Fault = {
  fault: 'a listing beside a write shows its temporary',
  caughtBy: 'E45',
  alsoCaughtBy: ['G59-longest', 'J88'],
  sometimesCaughtBy: ['G60'],
  breakDriver: (sound) => behindCreateDriver(new ListShowsTemporaries(sound)),
};
