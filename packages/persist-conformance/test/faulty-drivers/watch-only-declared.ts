import { type Fault, FaultyDriver } from './faulty-driver.js';

class WatchOnlyDeclared extends FaultyDriver {
  override readonly watch = undefined as never;
}

export const watchOnlyDeclared: Fault = {
  fault: 'the capability to watch is declared, and is not there',
  caughtBy: 'J88',
  breakDriver: (sound) => new WatchOnlyDeclared(sound),
};
