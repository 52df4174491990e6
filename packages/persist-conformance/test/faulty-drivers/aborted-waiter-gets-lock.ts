import type { Lock, LockOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class AbortedWaiterGetsLock extends FaultyDriver {
  override async lock(name: string, { signal, ...options }: LockOptions = {}): Promise<Lock> {
    if (signal === undefined || signal.aborted) return this.sound.lock(name, { ...options, signal });
    const granted = this.sound.lock(name, options);
    granted.catch(() => {});
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    return Promise.race([granted, aborted]);
  }
}

export const abortedWaiterGetsLock: Fault = {
  fault: 'who gives up waiting is granted the lock later, and nobody releases it',
  caughtBy: 'I77-abort',
  alsoCaughtBy: ['I97'],
  breakDriver: (sound) => new AbortedWaiterGetsLock(sound),
};
