import type { Fault } from './faulty-driver.js';

export const retryMeetsItself: Fault = {
  fault: 'a call is sent again as a new one, and finds what it did itself',
  caughtBy: 'J92',
  over: 'served memory',
  config: { afterLoss: 'send anew' },
};
