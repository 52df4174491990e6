import type { Fault } from './faulty-driver.js';

export const idleDriverKeepsProcess: Fault = {
  fault: 'a timer of the idle driver keeps the process alive',
  caughtBy: 'A9',
  over: 'served memory',
  inProcesses: 'idle-driver-keeps-process.js',
};
