import type { Fault } from './faulty-driver.js';

export const restartIsFinal: Fault = {
  fault: 'a driver that has lost its connection never makes another',
  caughtBy: 'J95',
  leftOut: ['J92', 'J94'],
  over: 'served memory',
  config: { reconnect: false },
};
