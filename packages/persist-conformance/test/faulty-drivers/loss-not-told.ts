import type { Lock, LockOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class LossNotTold extends FaultyDriver {
  override async lock(name: string, options?: LockOptions): Promise<Lock> {
    const lock = await this.sound.lock(name, options);
    const { mode, holder, fence } = lock;
    const release = () => lock.release();
    return { name, mode, holder, fence, signal: new AbortController().signal, release, [Symbol.asyncDispose]: release };
  }
}

export const lossNotTold: Fault = {
  fault: 'a holder is not told that its lock is lost',
  caughtBy: 'I98',
  leftOut: ['I98-shared'],
  breakDriver: (sound) => behindCreateDriver(new LossNotTold(sound)),
};
