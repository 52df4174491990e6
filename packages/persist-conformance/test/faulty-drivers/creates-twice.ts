import { isPersistError, type WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class CreatesTwice extends FaultyDriver {
  override async write(key: string, data: Uint8Array, options: WriteOptions = {}) {
    try {
      return await this.sound.write(key, data, options);
    } catch (error) {
      if (isPersistError(error, 'CONFLICT') && options.expect === 'absent') await this.sound.write(key, data);
      throw error;
    }
  }
}

export const createsTwice: Fault = {
  fault: 'a refused creation has overwritten the document all the same',
  caughtBy: 'D31',
  sometimesCaughtBy: ['D40'],
  breakDriver: (sound) => behindCreateDriver(new CreatesTwice(sound)),
};
