/**
 * Imported before a program: kills it with SIGKILL as it begins one call of a driver, SANDKEEP_KILL_AT=<method>:<count>,
 * while those before it may be in flight.
 */
import { openDriver } from '@sandkeep/persist-api';

const [method, count] = process.env.SANDKEEP_KILL_AT.split(':');
const drivers = Object.getPrototypeOf(await openDriver('memory:'));
const original = drivers[method];
let calls = 0;
drivers[method] = function (...args) {
  calls += 1;
  if (calls === Number(count)) process.kill(process.pid, 'SIGKILL');
  return original.apply(this, args);
};
