/**
 * Saves, updates and destroys sandboxes by chance until it is told to stop, and prints a line for each change:
 * when it was acknowledged, in milliseconds, and the key.
 *
 *     node change-sandboxes.js <URL> <how many sandboxes there are> <seed>
 */
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { isPersistError, openDriver, SandboxStore } from '@sandkeep/persist-api';
import { seededRandom } from '../../support/seeded-random.js';

const [url, count, seed] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const driver = await openDriver(url);
const store = new SandboxStore(driver);

let stopped = false;
createInterface({ input: process.stdin }).once('line', () => {
  stopped = true;
});

for (let n = 0; !stopped; n += 1) {
  const id = `box-${Math.floor(random() * Number(count) * 1.1)}`; // some are new
  const sandbox = { state: 'running', by: seed, n, filler: 'x'.repeat(Math.floor(random() * 4000)) };
  const choice = random();
  if (choice < 0.6) await store.save(id, { sandbox, containers: new Map() });
  else if (choice < 0.85) await update(id, sandbox);
  else await store.destroy(id);
  process.stdout.write(`${Date.now()} default/sandboxes/${id}\n`);
  await setTimeout(5);
}
await driver.close();
process.stdout.write('stopped\n');

async function update(id, sandbox) {
  try {
    await store.update(id, (draft) => Object.assign(draft.sandbox, sandbox));
  } catch (error) {
    if (!isPersistError(error, 'NOT_FOUND')) throw error;
  }
}
