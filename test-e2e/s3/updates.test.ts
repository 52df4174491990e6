import { SandboxStore } from '@sandkeep/persist-api';
import { afterAll, expect, test } from 'vitest';
import { s3Service } from '../services/s3-service.js';
import { rounds, timeFor } from '../support/rounds.js';
import { Worker } from '../support/worker.js';
import { freshStorage } from './storage.js';

const updaters = rounds(4, 16);
const updates = rounds(15, 50);
const service = await s3Service();
afterAll(() => service.close());

test(`${updaters} processes × ${updates} updates of one sandbox lose none`, {
  timeout: timeFor(updaters * updates, 300),
}, async () => {
  const storage = await freshStorage(service);
  await using driver = await storage.open();
  const store = new SandboxStore(driver);
  await store.save('box', { sandbox: { state: 'running', n: 0 }, containers: new Map() });
  const args = [JSON.stringify(storage.options), 'box', String(updates)];
  const workers = Array.from({ length: updaters }, () => new Worker(import.meta.url, 'workers/update.js', args));
  await Promise.all(workers.map((worker) => worker.line('done')));
  expect((await store.load('box')).sandbox).toMatchObject({ n: updaters * updates });
});
