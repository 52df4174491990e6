import type { Finding } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class CheckFindsLocks extends FaultyDriver {
  async *check(): AsyncGenerator<Finding> {
    for await (const { name } of this.sound.inspectLocks()) {
      yield { kind: 'left-over', subject: name, message: 'left by nobody', outcome: 'mendable' };
    }
  }
}

export const checkFindsLocks: Fault = {
  fault: 'a check takes the locks that are held for left-overs',
  caughtBy: 'J97',
  breakDriver: (sound) => new CheckFindsLocks(sound),
};
