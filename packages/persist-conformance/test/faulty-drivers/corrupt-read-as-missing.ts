import { type CallOptions, isPersistError } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class CorruptReadAsMissing extends FaultyDriver {
  override read(key: string, options?: CallOptions) {
    return this.sound.read(key, options).catch((error) => {
      if (isPersistError(error, 'CORRUPT')) return undefined;
      throw error;
    });
  }
}

export const corruptReadAsMissing: Fault = {
  fault: 'a damaged document reads as if there were none',
  caughtBy: 'E54',
  alsoCaughtBy: ['J90-corrupt'],
  over: 'served memory',
  breakDriver: (sound) => behindCreateDriver(new CorruptReadAsMissing(sound)),
};
