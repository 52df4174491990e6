import type { CallOptions, Document, RemoveOptions, WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class ReadFromOwnCache extends FaultyDriver {
  readonly #cache = new Map<string, Document>();

  override async read(key: string, options?: CallOptions) {
    const document = this.#cache.get(key) ?? (await this.sound.read(key, options));
    if (document === undefined) return undefined;
    this.#cache.set(key, document);
    return { data: document.data.slice(), version: document.version };
  }

  override write(key: string, data: Uint8Array, options?: WriteOptions) {
    this.#cache.delete(key);
    return this.sound.write(key, data, options);
  }

  override remove(key: string, options?: RemoveOptions) {
    this.#cache.delete(key);
    return this.sound.remove(key, options);
  }
}

export const readFromOwnCache: Fault = {
  fault: 'an instance does not see what another wrote after its first read',
  caughtBy: 'A2',
  alsoCaughtBy: ['B11', 'B15', 'D37'],
  sometimesCaughtBy: ['E43', 'E47'],
  breakDriver: (sound) => behindCreateDriver(new ReadFromOwnCache(sound)),
};
