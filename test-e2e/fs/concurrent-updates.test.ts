import { SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { expect, test } from 'vitest';
import { rounds, timeFor } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';

const processes = 8;
const times = rounds(40, 200);

test(`${processes} processes × ${times} updates of one sandbox lose none`, {
  timeout: timeFor(times, 1500),
}, async () => {
  const root = temporaryDirectory();
  await using driver = await openFsDriver({ root });
  const store = new SandboxStore(driver);
  await store.save('box', { sandbox: { state: 'running', n: 0 }, containers: new Map() });
  const workers = Array.from(
    { length: processes },
    () => new Worker(import.meta.url, 'workers/increment.js', [root, 'box', String(times)]),
  );
  await Promise.all(workers.map((worker) => worker.line('done')));
  expect((await store.load('box')).sandbox.n).toBe(processes * times);
});
