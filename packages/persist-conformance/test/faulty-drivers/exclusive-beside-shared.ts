import { isPersistError, type LockOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class ExclusiveBesideShared extends FaultyDriver {
  override async lock(name: string, options?: LockOptions) {
    try {
      return await this.sound.lock(name, options);
    } catch (error) {
      const isShared = isPersistError(error, 'LOCK_TIMEOUT') && error.holders?.every(({ mode }) => mode === 'shared');
      if (!isShared) throw error;
      return this.sound.lock(name, { ...options, mode: 'shared' });
    }
  }
}

export const exclusiveBesideShared: Fault = {
  fault: 'an exclusive lock is granted beside shared ones',
  caughtBy: 'I73',
  breakDriver: (sound) => behindCreateDriver(new ExclusiveBesideShared(sound)),
};
