import type { WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class NoConditionAsAbsent extends FaultyDriver {
  override write(key: string, data: Uint8Array, options: WriteOptions = {}) {
    return this.sound.write(key, data, { ...options, expect: options.expect ?? 'absent' });
  }
}

export const noConditionAsAbsent: Fault = {
  fault: 'a write without a condition is taken for one that must create',
  caughtBy: 'D36',
  alsoCaughtBy: ['A4', 'B11', 'B18', 'D37', 'D39', 'J90'],
  sometimesCaughtBy: ['E44', 'E45'],
  breakDriver: (sound) => behindCreateDriver(new NoConditionAsAbsent(sound)),
};
