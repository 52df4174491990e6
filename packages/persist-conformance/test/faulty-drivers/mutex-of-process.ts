import type { Fault } from './faulty-driver.js';

export const mutexOfProcess: Fault = {
  fault: 'the version is checked under a mutex that other processes do not know',
  caughtBy: 'D42',
  alsoCaughtBy: ['J90-failure'],
  over: 'served memory',
  inProcesses: 'mutex-of-process.js',
};
