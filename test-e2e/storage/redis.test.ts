import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDriver } from '@sandkeep/persist-api';
import { StorageService } from '@sandkeep/persist-storage';
import { expect, onTestFinished, test } from 'vitest';
import { redisService } from '../services/redis-service.js';
import { rounds, timeFor } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';
import { testImages } from './test-images.js';

const duration = rounds(1_000, 60_000);

test('two processes work on one storage whose records are in Redis', { timeout: timeFor(duration, 3) }, async () => {
  const root = temporaryDirectory();
  const [graphRoot, runRoot] = [join(root, 'graph'), join(root, 'run')];
  const { directory: layout } = await testImages(join(root, 'layout'));
  const service = await redisService('single');
  onTestFinished(async () => void (await service.close()));
  const records = `${service.url}?namespace=storage-${randomUUID()}`;
  const driver = await openDriver(records);
  onTestFinished(() => driver.close());
  const storage = await StorageService.open({ driver, graphRoot, runRoot, layerDriver: 'vfs', create: true });
  await storage.images.importOciLayout(layout, { ref: 'base' });
  const layers = readdirSync(join(graphRoot, 'vfs')).length;

  const workers = ['a', 'b'].map((own) => {
    return new Worker(import.meta.url, 'workers/lifecycles.js', [records, graphRoot, runRoot, own, String(duration)]);
  });
  const counts = await Promise.all(workers.map(async (worker) => JSON.parse((await worker.line('done')).slice(5))));
  expect(counts.every(({ lives }) => lives > 0)).toBe(true);
  expect(await storage.containers()).toEqual([]);
  expect(readdirSync(join(graphRoot, 'vfs'))).toHaveLength(layers);
  expect(await storage.check()).toEqual([]);
  await storage.images.removeImage('base');
  expect(readdirSync(join(graphRoot, 'vfs'))).toEqual([]);
});
