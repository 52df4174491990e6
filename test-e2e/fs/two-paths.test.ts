import { execFileSync } from 'node:child_process';
import { SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { expect, onTestFinished, test } from 'vitest';
import { rounds, timeFor } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';

const times = rounds(200, 1000);

test('one root that is mounted on two paths is one store', { timeout: timeFor(times, 100) }, async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can mount a directory twice: not verified');
  const root = temporaryDirectory();
  const other = temporaryDirectory();
  execFileSync('mount', ['--bind', root, other]);
  onTestFinished(() => void execFileSync('umount', [other]));
  await using driver = await openFsDriver({ root });
  const store = new SandboxStore(driver);
  await store.save('box', { sandbox: { state: 'running', n: 0 }, containers: new Map() });
  const start = (path: string) => new Worker(import.meta.url, 'workers/increment.js', [path, 'box', String(times)]);
  const workers = [root, other, root, other].map(start);
  await Promise.all(workers.map((worker) => worker.line('done')));
  expect((await store.load('box')).sandbox.n).toBe(4 * times);
});
