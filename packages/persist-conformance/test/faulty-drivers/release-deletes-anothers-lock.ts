import type { Lock, LockOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class ReleaseDeletesAnothersLock extends FaultyDriver {
  override async lock(name: string, options?: LockOptions): Promise<Lock> {
    const lock = await this.sound.lock(name, options);
    const { mode, holder, fence, signal } = lock;
    const release = async () => {
      await lock.release();
      await this.sound.breakLock(name);
    };
    return { name, mode, holder, fence, signal, release, [Symbol.asyncDispose]: release };
  }
}

export const releaseDeletesAnothersLock: Fault = {
  fault: 'release removes the lock, whoever holds it by then',
  caughtBy: 'I75',
  alsoCaughtBy: ['I73', 'J90'],
  breakDriver: (sound) => behindCreateDriver(new ReleaseDeletesAnothersLock(sound)),
};
