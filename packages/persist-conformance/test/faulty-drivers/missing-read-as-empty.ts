import type { CallOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class MissingReadAsEmpty extends FaultyDriver {
  override async read(key: string, options?: CallOptions) {
    return (await this.sound.read(key, options)) ?? { data: new Uint8Array(0), version: '0' };
  }
}

export const missingReadAsEmpty: Fault = {
  fault: 'a missing document reads as an empty one',
  caughtBy: 'B13',
  breakDriver: (sound) => new MissingReadAsEmpty(sound),
};
