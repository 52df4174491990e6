import type { Fault } from './faulty-driver.js';

export const lostAnswerAsFailure: Fault = {
  fault: 'a lost answer is told as a failure, though the change was made',
  caughtBy: 'J92',
  alsoCaughtBy: ['J95'],
  over: 'served memory',
  config: { afterLoss: 'give up' },
};
