import type { Fault } from './faulty-driver.js';

export const restartForgets: Fault = {
  fault: 'a restart of the server takes what it had acknowledged',
  caughtBy: 'J94',
  over: 'served memory',
  config: { forgetful: true },
};
