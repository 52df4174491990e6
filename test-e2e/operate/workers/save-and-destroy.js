/**
 * Saves and destroys sandboxes at random, so many times, each until the store has answered that it did.
 *
 *     node save-and-destroy.js <configuration as JSON> <changes>
 *
 * Prints a line after each change, and `done`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isPersistError, openDriver, SandboxStore } from '@sandkeep/persist-api';

const [config, changes] = process.argv.slice(2);
const driver = await openDriver(JSON.parse(config));
const store = new SandboxStore(driver);
for (let n = 0; n < Number(changes); n++) {
  const id = `box-${Math.floor(Math.random() * 60)}`;
  const isLarge = n % 10 === 0;
  const state = { sandbox: { state: 'running', n, by: process.pid, padding: 'x'.repeat(isLarge ? 20_000 : 200) } };
  const change =
    Math.random() < 0.2 ? () => store.destroy(id) : () => store.save(id, { ...state, containers: new Map() });
  await untilDone(change);
  process.stdout.write(`changed ${n}\n`);
}
process.stdout.write('done\n');
await driver.close();

async function untilDone(change) {
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!isPersistError(error) || !(error.retryable || error.code === 'OUTCOME_UNKNOWN')) throw error;
      await delay(10);
    }
  }
}
