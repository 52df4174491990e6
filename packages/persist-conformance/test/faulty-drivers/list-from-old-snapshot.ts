import type { ListOptions, WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class ListFromOldSnapshot extends FaultyDriver {
  #lastWritten: string | undefined;

  override async write(key: string, data: Uint8Array, options?: WriteOptions) {
    const version = await this.sound.write(key, data, options);
    this.#lastWritten = key;
    return version;
  }

  override async *list(prefix: string, options?: ListOptions) {
    const missed = this.#lastWritten;
    this.#lastWritten = undefined;
    for await (const key of this.sound.list(prefix, options)) if (key !== missed) yield key;
  }
}

export const listFromOldSnapshot: Fault = {
  fault: 'a listing lags behind: it misses the latest document',
  caughtBy: 'H70',
  alsoCaughtBy: ['C28', 'F57', 'G59', 'G59-longest', 'G61', 'H62', 'H63', 'H64', 'I87', 'J96'],
  sometimesCaughtBy: ['G60', 'H66'],
  breakDriver: (sound) => behindCreateDriver(new ListFromOldSnapshot(sound)),
};
