import type { CallOptions, RemoveOptions, Version, WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class VersionOfInstance extends FaultyDriver {
  static #instances = 0;
  readonly #suffix = `i${VersionOfInstance.#count()}`;

  static #count() {
    VersionOfInstance.#instances += 1;
    return VersionOfInstance.#instances;
  }

  override async read(key: string, options?: CallOptions) {
    const document = await this.sound.read(key, options);
    return document && { data: document.data, version: document.version + this.#suffix };
  }

  override async write(key: string, data: Uint8Array, options: WriteOptions = {}) {
    return (await this.sound.write(key, data, this.#own(options))) + this.#suffix;
  }

  override remove(key: string, options: RemoveOptions = {}) {
    return this.sound.remove(key, this.#own(options));
  }

  #own<Options extends { expect?: Version | 'absent' | undefined }>(options: Options): Options {
    return { ...options, ...(options.expect && { expect: options.expect.replace(this.#suffix, '') }) };
  }
}

export const versionOfInstance: Fault = {
  fault: 'each instance has versions of its own',
  caughtBy: 'D38',
  alsoCaughtBy: ['A2', 'C30', 'D31', 'D33', 'D36', 'D37'],
  sometimesCaughtBy: ['D40', 'E44'],
  breakDriver: (sound) => behindCreateDriver(new VersionOfInstance(sound)),
};
