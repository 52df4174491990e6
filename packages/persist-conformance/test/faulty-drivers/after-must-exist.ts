import type { ListOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class AfterMustExist extends FaultyDriver {
  override async *list(prefix: string, { after, ...options }: ListOptions = {}) {
    let found = after === undefined;
    for await (const key of this.sound.list(prefix, options)) {
      if (found) yield key;
      found ||= key === after;
    }
  }
}

export const afterMustExist: Fault = {
  fault: 'list resumes only after a key that is still there',
  caughtBy: 'H65',
  breakDriver: (sound) => behindCreateDriver(new AfterMustExist(sound)),
};
