import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { openFsDriver } from '@sandkeep/persist-fs';
import { expect, test } from 'vitest';
import { rounds } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { toArray } from '../support/to-array.js';
import { Worker } from '../support/worker.js';

const keys = 2500;

test.each(['/dev/shm', tmpdir()].filter(existsSync))(
  'a listing in %s yields every document once while some are overwritten all the time',
  { timeout: 120_000 },
  async (base) => {
    const root = temporaryDirectory(base);
    await using driver = await openFsDriver({ root, durability: 'process' });
    const expected = Array.from({ length: keys }, (_, index) => `box/k${index}`).sort();
    for (const key of expected) await driver.write(key, new Uint8Array(1));
    const writer = new Worker(import.meta.url, 'workers/overwrite-loop.js', [root, String(keys)]);
    await writer.line('ready');
    for (let round = 0; round < rounds(100, 1000); round++) expect(await toArray(driver.list('box'))).toEqual(expected);
  },
);
