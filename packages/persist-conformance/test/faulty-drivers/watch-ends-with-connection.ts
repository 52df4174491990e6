import type { Fault } from './faulty-driver.js';

export const watchEndsWithConnection: Fault = {
  fault: 'a watch hears nothing any more once its connection was lost',
  caughtBy: 'L111',
  leftOut: ['L110'],
  limitMs: 3_000,
  over: 'served memory',
  config: { rewatch: false },
};
