import { type Fault, FaultyDriver } from './faulty-driver.js';

class CallsAfterCloseWork extends FaultyDriver {
  override async close() {}
}

export const callsAfterCloseWork: Fault = {
  fault: 'close does nothing',
  caughtBy: 'A4',
  alsoCaughtBy: ['A7', 'J90'],
  leftOut: ['A6'],
  breakDriver: (sound) => new CallsAfterCloseWork(sound),
};
