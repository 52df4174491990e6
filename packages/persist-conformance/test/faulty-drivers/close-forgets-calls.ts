import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class CloseForgetsCalls extends FaultyDriver {
  override async write(key: string, data: Uint8Array, options?: WriteOptions) {
    const copy = data.slice();
    await sleep(1);
    return this.sound.write(key, copy, options);
  }
}

export const closeForgetsCalls: Fault = {
  fault: 'writes are queued, and close drops the queue',
  caughtBy: 'A5',
  alsoCaughtBy: ['A4'],
  breakDriver: (sound) => new CloseForgetsCalls(sound),
};
