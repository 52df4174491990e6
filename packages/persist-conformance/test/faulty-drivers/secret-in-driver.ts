import { type Fault, FaultyDriver } from './faulty-driver.js';

class SecretInDriver extends FaultyDriver {
  readonly config = { token: 'the-secret-token' };
}

export const secretInDriver: Fault = {
  fault: 'printing the driver shows its password',
  caughtBy: 'J91',
  over: 'served memory',
  breakDriver: (sound) => new SecretInDriver(sound),
};
