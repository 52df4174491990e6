import { createHash } from 'node:crypto';
import { type RemoveOptions, type WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

/** The version is a hash of the bytes. */
class VersionOfContent extends FaultyDriver {
  override async read(key: string) {
    const document = await this.sound.read(key);
    return document && { data: document.data, version: hash(document.data) };
  }

  override async write(key: string, data: Uint8Array, { expect }: WriteOptions = {}) {
    await this.sound.write(key, data, { expect: await this.#soundVersion(key, expect) });
    return hash(data);
  }

  override async remove(key: string, { expect }: RemoveOptions = {}) {
    return this.sound.remove(key, { expect: await this.#soundVersion(key, expect) });
  }

  async #soundVersion(key: string, expect: string | undefined) {
    const document = await this.sound.read(key);
    return document !== undefined && hash(document.data) === expect ? document.version : expect;
  }
}

function hash(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export const versionOfContent: Fault = {
  fault: 'the version is a hash of the content, so it comes back with it',
  caughtBy: 'D39',
  alsoCaughtBy: ['C30', 'D31', 'D33', 'D37'],
  breakDriver: (sound) => behindCreateDriver(new VersionOfContent(sound)),
};
