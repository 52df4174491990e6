import type { WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class BytesAsText extends FaultyDriver {
  override write(key: string, data: Uint8Array, options?: WriteOptions) {
    return this.sound.write(key, Buffer.from(Buffer.from(data).toString('utf8')), options);
  }
}

export const bytesAsText: Fault = {
  fault: 'bytes that are no text come back as question marks',
  caughtBy: 'B11',
  alsoCaughtBy: ['J96'],
  sometimesCaughtBy: ['E44'],
  breakDriver: (sound) => behindCreateDriver(new BytesAsText(sound)),
};
