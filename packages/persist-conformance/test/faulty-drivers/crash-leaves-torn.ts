import type { Fault } from './faulty-driver.js';

export const crashLeavesTorn: Fault = {
  fault: 'a crash in the middle of a write leaves a torn document',
  caughtBy: 'E48',
  over: 'served memory',
  inProcesses: 'crash-leaves-torn.js',
};
