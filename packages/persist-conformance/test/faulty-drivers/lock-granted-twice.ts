import { isPersistError, type LockOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class LockGrantedTwice extends FaultyDriver {
  override async lock(name: string, options?: LockOptions) {
    try {
      return await this.sound.lock(name, options);
    } catch (error) {
      if (!isPersistError(error, 'LOCK_TIMEOUT')) throw error;
      await this.sound.breakLock(name);
      return this.sound.lock(name, options);
    }
  }
}

export const lockGrantedTwice: Fault = {
  fault: 'who has waited long enough takes the lock from a holder that lives',
  caughtBy: 'I71',
  alsoCaughtBy: ['I73', 'I75', 'J90'],
  breakDriver: (sound) => behindCreateDriver(new LockGrantedTwice(sound)),
};
