import { setImmediate as turn } from 'node:timers/promises';
import type { CallOptions, Document } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class ReadJoinsRead extends FaultyDriver {
  readonly #reading = new Map<string, Promise<Document | undefined>>();

  override async read(key: string, options?: CallOptions) {
    const joined = this.#reading.get(key) ?? this.#read(key, options);
    this.#reading.set(key, joined);
    const document = await joined.finally(() => this.#reading.delete(key));
    return document && { data: document.data.slice(), version: document.version };
  }

  async #read(key: string, options?: CallOptions) {
    const document = await this.sound.read(key, options);
    for (let turns = 0; turns < 3; turns += 1) await turn();
    return document;
  }
}

export const readJoinsRead: Fault = {
  fault: 'a read joins one that began before it, and misses what was written between',
  caughtBy: 'K100',
  breakDriver: (sound) => behindCreateDriver(new ReadJoinsRead(sound)),
};
