/**
 * Opens the store, prints `ready`, does one thing for each line that it is told, and prints how it went:
 *
 *     save <n> [revision]      → done <revision> | failed <code>
 *     destroy [revision]       → done true
 *     save-many <count> <n>    → done
 */

import { createInterface } from 'node:readline';
import { SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { numberedState } from './state.js';

const [root] = process.argv.slice(2);
const store = new SandboxStore(await openFsDriver({ root }));

const commands = {
  save: (n, ifRevision) => store.save('box', numberedState(Number(n), 2000), { ifRevision }),
  destroy: (ifRevision) => store.destroy('box', { ifRevision }),
  'save-many': (count, n) =>
    Promise.all(Array.from({ length: Number(count) }, (_, i) => store.save(`box-${i}`, numberedState(Number(n), 500)))),
};

await store.find('box');
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split(' ');
  try {
    process.stdout.write(`done ${await commands[command](...args)}\n`);
  } catch (error) {
    process.stdout.write(`failed ${error.code} ${error.message}\n`);
  }
}
