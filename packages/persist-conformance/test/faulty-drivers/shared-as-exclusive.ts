import type { LockOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class SharedAsExclusive extends FaultyDriver {
  override lock(name: string, options?: LockOptions) {
    return this.sound.lock(name, { ...options, mode: 'exclusive' });
  }
}

export const sharedAsExclusive: Fault = {
  fault: 'shared locks exclude each other',
  caughtBy: 'I72',
  alsoCaughtBy: ['I73'],
  leftOut: ['I82', 'I97', 'I98-shared'],
  breakDriver: (sound) => behindCreateDriver(new SharedAsExclusive(sound)),
};
