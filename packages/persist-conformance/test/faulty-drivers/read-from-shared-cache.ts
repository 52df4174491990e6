import type { CallOptions, Document } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class ReadFromSharedCache extends FaultyDriver {
  readonly #cache = new Map<string, Document>();

  override async read(key: string, options?: CallOptions) {
    const document = await this.sound.read(key, options);
    if (document === undefined) return undefined;
    const cached = this.#cache.get(document.version) ?? document;
    this.#cache.set(document.version, cached);
    return cached;
  }
}

export const readFromSharedCache: Fault = {
  fault: 'all readers of one version get the same memory',
  caughtBy: 'B17',
  breakDriver: (sound) => new ReadFromSharedCache(sound),
};
