/** Prints `ready`, and for each line that it is told writes the later sandbox into the tree; then `done`. */

import { createInterface } from 'node:readline';
import { readKataTree, writeKataTree } from '@sandkeep/persist-kata';
import { after } from './tree-states.js';

const [root] = process.argv.slice(2);
for await (const _ of readKataTree(root)) await Promise.resolve(); // loads what will be needed
process.stdout.write('ready\n');
for await (const _ of createInterface({ input: process.stdin })) {
  await writeKataTree(root, [after]);
  process.stdout.write('done\n');
}
