import type { CallOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class MissingReadAsEmpty extends FaultyDriver {
  override async read(key: string, options?: CallOptions) {
    return (await this.sound.read(key, options)) ?? { data: new Uint8Array(0), version: '0' };
  }
}

export const missingReadAsEmpty: Fault = {
  fault: 'a missing document reads as an empty one',
  caughtBy: 'B13',
  alsoCaughtBy: ['A1', 'A2', 'B12', 'B13-states', 'B24', 'C26', 'C28', 'D34', 'D35', 'D37', 'G61', 'I74', 'J89', 'J96'],
  sometimesCaughtBy: ['D41', 'E43', 'E47'],
  breakDriver: (sound) => behindCreateDriver(new MissingReadAsEmpty(sound)),
};
