import type { Fault } from './faulty-driver.js';

export const leaseByWallClock: Fault = {
  fault: 'a lease is judged by comparing the clocks of two machines',
  caughtBy: 'I85',
  over: 'served memory',
  inProcesses: 'lease-by-wall-clock.js',
};
