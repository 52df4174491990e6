import type { Fault } from './faulty-driver.js';

export const conditionsNotProbed: Fault = {
  fault: 'a server that ignores conditions is taken at its word',
  caughtBy: 'J93',
  over: 'served memory',
  config: { probe: false },
};
