import { isPersistError, PersistError, type WriteOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class ErrorsWithoutFields extends FaultyDriver {
  override write(key: string, data: Uint8Array, options?: WriteOptions) {
    return this.sound.write(key, data, options).catch((error) => {
      if (!isPersistError(error)) throw error;
      throw new PersistError(error.code, error.message, { currentVersion: error.currentVersion });
    });
  }
}

export const errorsWithoutFields: Fault = {
  fault: 'errors of a write do not say which driver and key they are about',
  caughtBy: 'J90',
  breakDriver: (sound) => new ErrorsWithoutFields(sound),
};
