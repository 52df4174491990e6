import { isPersistError, type WriteOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class TooLargeAccepted extends FaultyDriver {
  override async write(key: string, data: Uint8Array, options?: WriteOptions) {
    try {
      return await this.sound.write(key, data, options);
    } catch (error) {
      if (!isPersistError(error, 'TOO_LARGE')) throw error;
      return this.sound.write(key, data.slice(0, this.capabilities.maxDocumentBytes), options);
    }
  }
}

export const tooLargeAccepted: Fault = {
  fault: 'what is too large is cut off',
  caughtBy: 'B12',
  alsoCaughtBy: ['J90'],
  breakDriver: (sound) => new TooLargeAccepted(sound),
};
