/**
 * Saves for ever: a sandbox of its own, and one that it shares with other writers; prints each number
 * once its save has resolved.
 *
 *     node save-loop.js <root> <own id> <first number>
 */
import { SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { numberedState } from './state.js';

const [root, own, first] = process.argv.slice(2);
const sizes = [500, 4_000, 60_000, 500_000, 1_500];
const store = new SandboxStore(await openFsDriver({ root }));

for (let n = Number(first); ; n++) {
  const bytes = sizes[n % sizes.length];
  await store.save(own, numberedState(n, bytes));
  process.stdout.write(`own ${n}\n`);
  let shared = 0;
  await store.update('shared', (draft) => {
    shared = draft.sandbox.n + 1;
    Object.assign(draft, numberedState(shared, bytes));
  });
  process.stdout.write(`shared ${shared}\n`);
}
