import type { CallOptions, WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class CaseFolded extends FaultyDriver {
  override read(key: string, options?: CallOptions) {
    return this.sound.read(String(key).toLowerCase(), options);
  }
  override write(key: string, data: Uint8Array, options?: WriteOptions) {
    return this.sound.write(String(key).toLowerCase(), data, options);
  }
}

export const caseFolded: Fault = {
  fault: 'keys that differ in case alone share a document',
  caughtBy: 'G61',
  alsoCaughtBy: ['C28', 'H63', 'H68'],
  sometimesCaughtBy: ['G60'],
  breakDriver: (sound) => behindCreateDriver(new CaseFolded(sound)),
};
