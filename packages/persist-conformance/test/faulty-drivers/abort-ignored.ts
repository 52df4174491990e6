import type { WriteOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class AbortIgnored extends FaultyDriver {
  override async write(key: string, data: Uint8Array, { expect, signal }: WriteOptions = {}) {
    const version = await this.sound.write(key, data, { expect });
    signal?.throwIfAborted();
    return version;
  }
}

export const abortIgnored: Fault = {
  fault: 'an aborted write rejects, but has written',
  caughtBy: 'J89',
  breakDriver: (sound) => new AbortIgnored(sound),
};
