import { setImmediate as turn } from 'node:timers/promises';
import type { WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class AbortHalfWrites extends FaultyDriver {
  override async write(key: string, data: Uint8Array, options: WriteOptions = {}) {
    const { signal } = options;
    if (signal === undefined || signal.aborted || data.byteLength < 100) return this.sound.write(key, data, options);
    for (let turns = 0; turns < 2; turns += 1) await turn();
    if (!signal.aborted) return this.sound.write(key, data, options);
    await this.sound.write(key, data.slice(0, 50));
    throw signal.reason;
  }
}

export const abortHalfWrites: Fault = {
  fault: 'an aborted write leaves what it had written so far',
  caughtBy: 'E47',
  breakDriver: (sound) => behindCreateDriver(new AbortHalfWrites(sound)),
};
