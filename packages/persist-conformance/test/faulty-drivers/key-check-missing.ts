import { type CallOptions, checkKey, type WriteOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class KeyCheckMissing extends FaultyDriver {
  override read(key: string, options?: CallOptions) {
    return this.sound.read(escaped(key), options);
  }
  override write(key: string, data: Uint8Array, options?: WriteOptions) {
    return this.sound.write(escaped(key), data, options);
  }
}

function escaped(key: string): string {
  try {
    checkKey(key);
    return key;
  } catch {
    return `k${Buffer.from(String(key)).toString('hex').slice(0, 200)}`;
  }
}

export const keyCheckMissing: Fault = {
  fault: 'keys that the contract refuses are escaped and stored',
  caughtBy: 'G59',
  alsoCaughtBy: ['J90'],
  breakDriver: (sound) => new KeyCheckMissing(sound),
};
