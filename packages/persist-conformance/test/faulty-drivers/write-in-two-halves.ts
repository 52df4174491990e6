import { setImmediate as turn } from 'node:timers/promises';
import type { WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class WriteInTwoHalves extends FaultyDriver {
  override async write(key: string, data: Uint8Array, options?: WriteOptions) {
    if (data.byteLength < 1000) return this.sound.write(key, data, options);
    const half = await this.sound.write(key, data.slice(0, data.byteLength / 2), options);
    await turn();
    return this.sound.write(key, data, { expect: half, signal: options?.signal });
  }
}

export const writeInTwoHalves: Fault = {
  fault: 'a large document is written in two steps, which readers see',
  caughtBy: 'E43',
  sometimesCaughtBy: ['E44', 'E47'],
  breakDriver: (sound) => behindCreateDriver(new WriteInTwoHalves(sound)),
};
