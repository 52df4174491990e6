import { afterAll, expect, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { S3FaultProxy } from '../services/s3-fault-proxy.js';
import { s3Service } from '../services/s3-service.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { Worker } from '../support/worker.js';
import { freshStorage, freshStorageOn, type Storage } from './storage.js';

const service = await s3Service();
const amazon = await ScriptedS3Server.start();
afterAll(() => Promise.all([service.close(), amazon.close()]));

test.each<[string, () => Promise<Storage>]>([
  ['a real server', () => freshStorage(service)],
  ['a server with conditional DELETE', async () => freshStorageOn(amazon)],
])('%s: a process that was stopped while it removed a version removes no later one', async (_, open) => {
  const storage = await open();
  const proxy = await S3FaultProxy.start(storage.options.endpoint ?? '');
  await using driver = await storage.open();
  const first = await driver.write('a', Buffer.from('1'));
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = false;
  proxy.fault = ({ key, method }) => {
    if (!key.endsWith('/a') && key !== 'a') return undefined;
    if (isHeld || method === 'GET') return undefined;
    isHeld = true;
    return { until };
  };
  const options = JSON.stringify({ ...storage.options, endpoint: proxy.endpoint });
  const remover = new Worker(import.meta.url, 'workers/remove.js', [options, 'a', first]);
  await eventually("the remover's request", () => isHeld);
  remover.signal('SIGSTOP');
  const second = await driver.write('a', Buffer.from('2'), { expect: first });
  release();
  await proxy.settled();
  expect(await driver.read('a')).toMatchObject({ version: second });
  remover.signal('SIGCONT');
  expect(['outcome CONFLICT', 'outcome OUTCOME_UNKNOWN']).toContain(await remover.line('outcome'));
  expect(await driver.read('a')).toMatchObject({ version: second });
  await proxy.close();
});
