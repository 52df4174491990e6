import type { Fault } from './faulty-driver.js';

export const versionForgottenInPause: Fault = {
  fault: 'what was checked before a pause is not checked again after it',
  caughtBy: 'E49',
  alsoCaughtBy: ['G59-longest', 'J90-failure'],
  over: 'served memory',
  inProcesses: 'version-forgotten-in-pause.js',
};
