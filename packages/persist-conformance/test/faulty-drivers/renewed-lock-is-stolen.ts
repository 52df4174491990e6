import { setTimeout as sleep } from 'node:timers/promises';
import { isPersistError, type LockOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class RenewedLockIsStolen extends FaultyDriver {
  override async lock(name: string, options: LockOptions = {}) {
    try {
      return await this.sound.lock(name, options);
    } catch (error) {
      if (!isPersistError(error, 'LOCK_TIMEOUT')) throw error;
      const [holder] = error.holders ?? [];
      const age = Date.now() - Date.parse(holder?.since ?? '');
      if (!(age > 2 * (options.ttlMs ?? 30_000))) throw error;
      await this.sound.breakLock(name);
      await sleep(1);
      return this.sound.lock(name, options);
    }
  }
}

export const renewedLockIsStolen: Fault = {
  fault: 'a lock is taken after its ttl, although its holder renews it',
  caughtBy: 'I79',
  breakDriver: (sound) => behindCreateDriver(new RenewedLockIsStolen(sound)),
};
