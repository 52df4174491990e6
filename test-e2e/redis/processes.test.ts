import { SandboxStore } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { rounds, timeFor } from '../support/rounds.js';
import { toArray } from '../support/to-array.js';
import { Worker } from '../support/worker.js';
import { freshOptions } from './namespace.js';

const updaters = rounds(4, 10);
const updates = rounds(50, 200);
const sandboxes = rounds(200, 1_000);
const savers = rounds(4, 8);
let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.kill());

test(`${updaters} processes × ${updates} updates of one sandbox lose none`, {
  timeout: timeFor(updaters * updates, 30),
}, async () => {
  const options = freshOptions(server.url);
  await using driver = await openRedisDriver(options);
  const store = new SandboxStore(driver);
  await store.save('box', { sandbox: { state: 'running', n: 0 }, containers: new Map() });
  const args = [JSON.stringify(options), 'box', String(updates)];
  const workers = Array.from({ length: updaters }, () => new Worker(import.meta.url, 'workers/update.js', args));
  await Promise.all(workers.map((worker) => worker.line('done')));
  expect((await store.load('box')).sandbox).toMatchObject({ n: updaters * updates });
});

test(`${sandboxes} sandboxes that ${savers} processes saved are listed in order`, {
  timeout: timeFor(sandboxes, 30),
}, async () => {
  const options = freshOptions(server.url);
  await using driver = await openRedisDriver(options);
  const workers = Array.from({ length: savers }, (_, rest) => {
    const args = [JSON.stringify(options), String(sandboxes), String(savers), String(rest)];
    return new Worker(import.meta.url, 'workers/save-many.js', args);
  });
  await Promise.all(workers.map((worker) => worker.line('done')));
  const expected = Array.from({ length: sandboxes }, (_, n) => `box-${n}`).sort();
  expect(await toArray(new SandboxStore(driver).list())).toEqual(expected);
});
