import { setImmediate as turn } from 'node:timers/promises';
import { PersistError, type WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class CheckBeforeWrite extends FaultyDriver {
  override async write(key: string, data: Uint8Array, { expect, signal }: WriteOptions = {}) {
    const current = (await this.sound.read(key))?.version ?? 'absent';
    if (expect !== undefined && expect !== current) throw new PersistError('CONFLICT', `it is ${current}`);
    await turn();
    return this.sound.write(key, data, { signal });
  }
}

export const checkBeforeWrite: Fault = {
  fault: 'the version is checked first and written afterwards, with a moment between',
  caughtBy: 'D40',
  sometimesCaughtBy: ['D41', 'E43'],
  breakDriver: (sound) => behindCreateDriver(new CheckBeforeWrite(sound)),
};
