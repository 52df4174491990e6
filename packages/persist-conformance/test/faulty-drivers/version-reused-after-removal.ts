import { PersistError, type RemoveOptions, type WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

/** The version counts the writes since the document was made. */
class VersionReusedAfterRemoval extends FaultyDriver {
  override async read(key: string) {
    const document = await this.sound.read(key);
    return document && { data: document.data.slice(1), version: `${document.data[0]}` };
  }

  override async write(key: string, data: Uint8Array, { expect }: WriteOptions = {}) {
    const current = await this.#expect(key, expect);
    const next = Number(current ?? 0) + 1;
    await this.sound.write(key, Buffer.concat([Buffer.of(next), data]));
    return `${next}`;
  }

  override async remove(key: string, { expect }: RemoveOptions = {}) {
    await this.#expect(key, expect);
    return this.sound.remove(key);
  }

  async #expect(key: string, expect: string | undefined) {
    const current = (await this.read(key))?.version;
    if (expect !== undefined && expect !== (current ?? 'absent'))
      throw new PersistError('CONFLICT', 'not that version');
    return current;
  }
}

export const versionReusedAfterRemoval: Fault = {
  fault: 'a version is used again after the document was removed and made anew',
  caughtBy: 'C30',
  alsoCaughtBy: ['C29-states'],
  sometimesCaughtBy: ['D40', 'D41', 'E43'],
  breakDriver: (sound) => behindCreateDriver(new VersionReusedAfterRemoval(sound)),
};
