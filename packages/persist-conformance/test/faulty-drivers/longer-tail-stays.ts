import type { WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class LongerTailStays extends FaultyDriver {
  override async write(key: string, data: Uint8Array, options?: WriteOptions) {
    const old = await this.sound.read(key);
    const tail = old === undefined || options?.expect === 'absent' ? new Uint8Array() : old.data.slice(data.byteLength);
    return this.sound.write(key, Buffer.concat([data, tail]), options);
  }
}

export const longerTailStays: Fault = {
  fault: 'a shorter document keeps the tail of the longer one before it',
  caughtBy: 'E44',
  alsoCaughtBy: ['B11', 'B15'],
  sometimesCaughtBy: ['E43', 'E47'],
  breakDriver: (sound) => behindCreateDriver(new LongerTailStays(sound)),
};
