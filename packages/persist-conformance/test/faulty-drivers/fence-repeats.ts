import type { Lock, LockOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class FenceRepeats extends FaultyDriver {
  #grants = 0;

  override async lock(name: string, options?: LockOptions): Promise<Lock> {
    const lock = await this.sound.lock(name, options);
    const { mode, holder, signal } = lock;
    this.#grants += 1;
    const release = () => lock.release();
    return { name, mode, holder, fence: this.#grants, signal, release, [Symbol.asyncDispose]: release };
  }
}

export const fenceRepeats: Fault = {
  fault: 'each instance counts its own fences',
  caughtBy: 'I82',
  alsoCaughtBy: ['I97'],
  breakDriver: (sound) => behindCreateDriver(new FenceRepeats(sound)),
};
