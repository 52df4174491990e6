import { setImmediate as turn } from 'node:timers/promises';
import type { WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class WriteRemovesFirst extends FaultyDriver {
  override async write(key: string, data: Uint8Array, options: WriteOptions = {}) {
    const { expect, signal } = options;
    const isReplacement = expect !== undefined && expect !== 'absent';
    if (expect === 'absent') return this.sound.write(key, data, options);
    await this.sound.remove(key, isReplacement ? { expect, signal } : { signal });
    await turn();
    return this.sound.write(key, data, isReplacement ? { expect: 'absent', signal } : { signal });
  }
}

export const writeRemovesFirst: Fault = {
  fault: 'the old document is removed before the new one is written',
  caughtBy: 'E46',
  alsoCaughtBy: ['J90', 'J90-failure'],
  over: 'served memory',
  breakDriver: (sound) => behindCreateDriver(new WriteRemovesFirst(sound)),
};
