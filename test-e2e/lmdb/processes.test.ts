import { setTimeout as delay } from 'node:timers/promises';
import { openLmdbDriver } from '@sandkeep/persist-lmdb';
import { expect, test } from 'vitest';
import { rounds, timeFor } from '../support/rounds.js';
import { mountSmall, smallFileSystems } from '../support/small-file-system.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { toArray } from '../support/to-array.js';
import { Worker } from '../support/worker.js';
import { LmdbWorker } from './lmdb-worker.js';

const kills = rounds(8, 400);

test(`${kills} SIGKILLs of two writers: all that was acknowledged is there, and whole; the others go on at once`, {
  timeout: timeFor(kills, 2000),
}, async () => {
  const root = temporaryDirectory();
  await using driver = await openLmdbDriver({ root });
  const start = (own: string) => new Worker(import.meta.url, 'workers/lmdb.js', [root, own]);
  const writers = [start('w0'), start('w1')];
  for (let kill = 0; kill < kills; kill++) {
    const own = `w${kill % 2}`;
    const writer = writers[kill % 2] as Worker;
    await writer.line('shared');
    await delay(Math.random() * 30);
    await writer.kill();
    await driver.write('after-a-kill', Buffer.from(`${kill}`));
    for (const [key, prefix] of [
      [own, 'own'],
      ['shared', 'shared'],
    ] as const) {
      const acknowledged = writer.lines
        .filter((line) => line.startsWith(prefix))
        .map((line) => Number(line.split(' ')[1]));
      const found = String((await driver.read(key))?.data);
      const n = Number.parseInt(found, 10);
      expect(n, key).toBeGreaterThanOrEqual(Math.max(...acknowledged));
      expect(found, `${key} is whole`).toBe(`${n} `.repeat(found.length / `${n} `.length));
    }
    writers[kill % 2] = start(own);
  }
  expect(await toArray(driver.list(''))).toEqual(['after-a-kill', 'shared', 'w0', 'w1']);
});

test('the map that one process grows is grown for the other', async () => {
  const root = temporaryDirectory();
  const processes = [await LmdbWorker.start(root), await LmdbWorker.start(root)] as const;
  for (let n = 0; n < 10; n++) {
    const [writer, reader] = n % 2 === 0 ? processes : ([processes[1], processes[0]] as const);
    expect(await writer.run(`write big/${n} ${n} 4000000`)).toBe('written');
    expect(await reader.run(`read big/${n}`)).toBe(`${n} 4000000`);
    expect(await reader.run(`write small/${n} ${n}`)).toBe('written');
  }
});

test('an instance that is opened and closed leaves the locks of the others in its process', async () => {
  const root = temporaryDirectory();
  await using driver = await openLmdbDriver({ root });
  await driver.write('a', Buffer.from('1'));
  await driver.read('a');
  await (await openLmdbDriver({ root })).close();
  // LMDB takes a process whose lock is gone for dead, and gives its reader's place to another.
  const other = await LmdbWorker.start(root);
  expect(await other.run('read a')).toMatch(/^1 /);
  expect(String((await driver.read('a'))?.data)).toBe('1');
});

test('a process reads what another has acknowledged, however busy it is with reading', async () => {
  const root = temporaryDirectory();
  const writer = await LmdbWorker.start(root);
  await using driver = await openLmdbDriver({ root });
  await writer.run('write a 0');
  for (let n = 1; n <= 200; n++) {
    const written = writer.run(`write a ${n}`);
    let isWritten = false;
    const noted = written.then(() => {
      isWritten = true;
      return driver.read('a');
    });
    while (!isWritten) {
      await driver.read('a');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(Number.parseInt(String((await noted)?.data), 10)).toBe(n);
  }
});

test('the lock of a process that was killed is free at once, long before its lease ends', async () => {
  const root = temporaryDirectory();
  const holder = await LmdbWorker.start(root);
  const fence = Number((await holder.run('lock a 3600000')).split(' ')[1]);
  await using driver = await openLmdbDriver({ root });
  await expect(driver.lock('a', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  await holder.worker.kill();
  await using lock = await driver.lock('a', { waitMs: 20_000 });
  expect(lock.fence).toBeGreaterThan(fence);
});

for (const type of smallFileSystems) {
  test(`a full ${type}: UNAVAILABLE, every acknowledged document is there, and removals make room`, async (context) => {
    const root = mountSmall(type, context);
    await using driver = await openLmdbDriver({ root });
    const acknowledged = new Map<string, string>();
    for (let failures = 0, n = 0; failures < 3; n++) {
      const key = `k${n}`;
      const value = `${n} `.repeat(8000);
      try {
        await driver.write(key, Buffer.from(value));
        acknowledged.set(key, value);
      } catch (error) {
        expect(error).toMatchObject({ code: 'UNAVAILABLE' });
        failures += 1;
      }
    }
    expect((await driver.health()).status).toBe('at-risk');
    expect(await toArray(driver.list(''))).toEqual([...acknowledged.keys()].sort());
    for (const [key, value] of acknowledged) expect(String((await driver.read(key))?.data)).toBe(value);

    for (const key of acknowledged.keys()) expect(await driver.remove(key)).toBe(true);
    await driver.write('after', Buffer.from('x'.repeat(50_000)));
    expect(await toArray(driver.list(''))).toEqual(['after']);
  });
}
