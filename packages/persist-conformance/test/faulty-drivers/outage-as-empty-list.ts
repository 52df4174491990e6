import { isPersistError, type ListOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class OutageAsEmptyList extends FaultyDriver {
  override async *list(prefix: string, options?: ListOptions) {
    try {
      yield* this.sound.list(prefix, options);
    } catch (error) {
      if (!isPersistError(error, 'UNAVAILABLE')) throw error;
    }
  }
}

export const outageAsEmptyList: Fault = {
  fault: 'a listing on a failing backend is empty',
  caughtBy: 'J90-failure',
  over: 'served memory',
  breakDriver: (sound) => behindCreateDriver(new OutageAsEmptyList(sound)),
};
