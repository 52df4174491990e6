import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { s3Service } from '../services/s3-service.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { Worker } from '../support/worker.js';
import { freshStorage, storageIn } from './storage.js';

const service = await s3Service();
afterAll(() => service.close());

const hour = 3_600_000;
const ttlMs = 3_000;

async function checkProcess(offset: number): Promise<void> {
  const storage = await freshStorage(service);
  await using driver = await storage.open();
  await driver.write('of-the-right', Buffer.from('here'));
  const args = [JSON.stringify(storage.options), String(offset)];
  const worker = new Worker(import.meta.url, 'workers/wrong-clock.js', args);
  await worker.line('opened');
  worker.send('save');
  await worker.line('saved');
  worker.send('load');
  expect(await worker.line('loaded')).toBe('loaded here');
  expect(Buffer.from((await driver.read('of-the-wrong'))?.data ?? []).toString()).toBe('0');

  const held = await driver.lock('shared', { ttlMs });
  worker.send(`lock ${ttlMs}`);
  await delay(1.5 * ttlMs);
  expect(held.signal.aborted).toBe(false);
  expect(worker.lines).toEqual(['opened', 'saved', 'loaded here']);
  await held.release();
  const locked = await worker.line('locked');
  expect(Number(locked.split(' ')[1])).toBeGreaterThan(held.fence);

  const meanwhile = driver.lock('shared', { ttlMs, waitMs: 1.5 * ttlMs });
  await expect(meanwhile).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  await worker.kill();
  const taken = await driver.lock('shared', { ttlMs, waitMs: 30_000 });
  expect(taken.fence).toBeGreaterThan(Number(locked.split(' ')[1]));
  await taken.release();
}

test('processes whose clocks are an hour off save, load, take locks, and respect those of others', async () => {
  await Promise.all([checkProcess(-hour), checkProcess(hour)]);
});

test('a server whose clock is an hour off is followed', async () => {
  const server = await ScriptedS3Server.start();
  server.model.clockOffsetMs = -hour;
  const driver = await storageIn(server.bucket, server).open();
  await driver.write('a', Buffer.from('1'));
  server.model.clockOffsetMs = hour;
  await driver.write('a', Buffer.from('2'));
  expect(Buffer.from((await driver.read('a'))?.data ?? []).toString()).toBe('2');
  await driver.close();
  await server.close();
});
