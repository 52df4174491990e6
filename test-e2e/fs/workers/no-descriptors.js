/**
 * Opens files until there are no more descriptors, tries to save, to load and to destroy, and prints
 * the outcomes as JSON; then closes them and tries again.
 */

import { closeSync, openSync } from 'node:fs';
import { SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { numberedState } from './state.js';

const store = new SandboxStore(await openFsDriver({ root: process.argv[2] }));
await store.save('box', numberedState(1, 1000));

const codeOf = (promise) =>
  promise.then(
    () => 'done',
    (error) => error.code,
  );
const attempt = async (n) => ({
  save: await codeOf(store.save('box', numberedState(n, 1000))),
  load: await codeOf(store.load('box')),
});

const files = [];
try {
  for (;;) files.push(openSync('/dev/null'));
} catch {}
const without = await attempt(2);
for (const file of files) closeSync(file);
const before = (await store.load('box')).sandbox.n;
const again = await attempt(3);
process.stdout.write(`${JSON.stringify({ without, before, again, after: (await store.load('box')).sandbox.n })}\n`);
