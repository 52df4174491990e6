import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDriver } from '@sandkeep/persist-api';
import { StorageService } from '@sandkeep/persist-storage';
import { expect, onTestFinished, test } from 'vitest';
import { rounds, timeFor } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';
import { testImages } from './test-images.js';

const isRoot = process.geteuid?.() === 0;
const duration = rounds(2_000, 120_000);

test.each(isRoot ? (['overlay', 'vfs'] as const) : (['vfs'] as const))(
  `four processes make, start, stop and delete containers of one image for ${duration / 1000} s: %s`,
  { timeout: timeFor(duration, 3) },
  async (layerDriver) => {
    const root = temporaryDirectory();
    const [graphRoot, runRoot] = [join(root, 'graph'), join(root, 'run')];
    const { directory: layout } = await testImages(join(root, 'layout'));
    const driver = await openDriver({ driver: 'fs', root: join(root, 'records'), create: true });
    onTestFinished(() => driver.close());
    const storage = await StorageService.open({ driver, graphRoot, runRoot, layerDriver, create: true });
    const imports = ['base', 'base', 'extra', 'base'].map((ref) => storage.images.importOciLayout(layout, { ref }));
    const [first, ...others] = await Promise.all(imports);
    expect(others.filter(({ id }) => id === first?.id)).toHaveLength(2);
    const layers = readdirSync(join(graphRoot, layerDriver)).length;
    expect(layers).toBe(4);

    const records = pathToFileURL(join(root, 'records')).href;
    const workers = ['a', 'b', 'c', 'd'].map((own) => {
      return new Worker(import.meta.url, 'workers/lifecycles.js', [records, graphRoot, runRoot, own, String(duration)]);
    });
    const counts = await Promise.all(workers.map(async (worker) => JSON.parse((await worker.line('done')).slice(5))));
    console.log(`${layerDriver}: ${JSON.stringify(counts)}`);
    expect(await storage.containers()).toEqual([]);
    expect(readdirSync(join(graphRoot, layerDriver))).toHaveLength(layers);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(graphRoot);
    expect(await storage.check()).toEqual([]);
  },
);
