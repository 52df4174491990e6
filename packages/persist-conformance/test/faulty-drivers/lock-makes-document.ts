import type { LockOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class LockMakesDocument extends FaultyDriver {
  override async lock(name: string, options?: LockOptions) {
    const lock = await this.sound.lock(name, options);
    await this.sound.write(`${name}.lock`, Buffer.from(lock.holder.id));
    return lock;
  }
}

export const lockMakesDocument: Fault = {
  fault: 'a lock is a document, which listings show',
  caughtBy: 'I74',
  alsoCaughtBy: ['H62', 'H68', 'I87'],
  sometimesCaughtBy: ['G60'],
  breakDriver: (sound) => behindCreateDriver(new LockMakesDocument(sound)),
};
