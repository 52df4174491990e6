/**
 * Imported before a copy or a backup: between its two passes over the source it writes a line to the standard error,
 * and waits for SIGUSR2.
 */
import { once } from 'node:events';
import { openDriver } from '@sandkeep/persist-api';

const drivers = Object.getPrototypeOf(await openDriver('memory:'));
const { list } = drivers;
let listings = 0;
drivers.list = async function* (...args) {
  listings += 1;
  if (listings === 2) {
    const alive = setInterval(() => {}, 1000);
    const resumed = once(process, 'SIGUSR2');
    process.stderr.write('paused\n');
    await resumed;
    clearInterval(alive);
  }
  yield* list.apply(this, args);
};
