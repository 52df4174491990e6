import { type LockOptions, PersistError } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class OutageAsContention extends FaultyDriver {
  override lock(name: string, options?: LockOptions) {
    return this.sound.lock(name, options).catch((cause) => {
      throw new PersistError('LOCK_TIMEOUT', `"${name}" could not be locked`, { cause });
    });
  }
}

export const outageAsContention: Fault = {
  fault: 'whatever goes wrong with a lock is called contention',
  caughtBy: 'I84',
  alsoCaughtBy: ['A6'],
  over: 'served memory',
  breakDriver: (sound) => behindCreateDriver(new OutageAsContention(sound)),
};
