import { setImmediate as turn } from 'node:timers/promises';
import type { WriteOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class InputAliased extends FaultyDriver {
  override async write(key: string, data: Uint8Array, options?: WriteOptions) {
    await turn();
    return this.sound.write(key, data, options);
  }
}

export const inputAliased: Fault = {
  fault: "the caller's bytes are taken when the write gets its turn, not at the call",
  caughtBy: 'B18',
  alsoCaughtBy: ['A4', 'A5'],
  breakDriver: (sound) => new InputAliased(sound),
};
