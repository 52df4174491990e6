import { isPersistError, type LockOptions, PersistError } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class HolderNotTold extends FaultyDriver {
  override async lock(name: string, options?: LockOptions) {
    try {
      return await this.sound.lock(name, options);
    } catch (error) {
      if (!isPersistError(error, 'LOCK_TIMEOUT')) throw error;
      const { driver, operation, key } = error;
      throw new PersistError('LOCK_TIMEOUT', 'it is locked', { driver, operation, key });
    }
  }
}

export const holderNotTold: Fault = {
  fault: 'contention does not say who holds the lock',
  caughtBy: 'I76',
  breakDriver: (sound) => behindCreateDriver(new HolderNotTold(sound)),
};
