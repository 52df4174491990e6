import type { LockOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class WaitIsIgnored extends FaultyDriver {
  override lock(name: string, options?: LockOptions) {
    return this.sound.lock(name, { ...options, waitMs: 0 });
  }
}

export const waitIsIgnored: Fault = {
  fault: 'a lock is tried once, however long the caller would wait',
  caughtBy: 'I77',
  alsoCaughtBy: ['A6', 'I83', 'I86'],
  leftOut: ['I97'],
  breakDriver: (sound) => behindCreateDriver(new WaitIsIgnored(sound)),
};
