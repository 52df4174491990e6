import { isPersistError, PersistError, type WriteOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class SecretInError extends FaultyDriver {
  override write(key: string, data: Uint8Array, options?: WriteOptions) {
    return this.sound.write(key, data, options).catch((error) => {
      if (!isPersistError(error)) throw error;
      const { code, message, driver, operation, currentVersion } = error;
      const cause = new Error('request failed: { token: "the-secret-token" }', { cause: error });
      throw new PersistError(code, message, { driver, operation, key, currentVersion, cause });
    });
  }
}

export const secretInError: Fault = {
  fault: 'the cause of an error shows the password',
  caughtBy: 'J91',
  over: 'served memory',
  breakDriver: (sound) => new SecretInError(sound),
};
