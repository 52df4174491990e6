import { pathToFileURL } from 'node:url';
import { openDriver, SandboxStore } from '@sandkeep/persist-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { dropBucket, freshBucket } from '../services/s3-bucket.js';
import { type S3Service, s3Service } from '../services/s3-service.js';
import { rounds, timeFor } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';
import { differences } from './differences.js';
import { measured } from './sandkeep.js';

const sandboxes = rounds(150, 10_000);
const changers = 4;
const limitMiB = 200;

let redis: RedisServer;
let s3: S3Service;
let bucket: string;

beforeAll(async () => {
  [redis, s3] = await Promise.all([RedisServer.start(), s3Service()]);
  bucket = await freshBucket(s3);
});
afterAll(async () => {
  await dropBucket(s3, bucket);
  await Promise.all([redis.kill(), s3.close()]);
});

const directoryUrl = () => `${pathToFileURL(temporaryDirectory()).href}?durability=process`;

async function fill(url: string): Promise<void> {
  await using driver = await openDriver(url);
  const store = new SandboxStore(driver);
  for (let n = 0; n < sandboxes; n += 1) {
    const sandbox = { state: 'ready' as const, n, filler: 'x'.repeat(2000 + (n % 1000)) };
    await store.save(`box-${n}`, { sandbox, containers: new Map([['app', { state: 'ready' as const }]]) });
  }
  await store.globals.write('settings/all', Buffer.from([0, 255]));
}

/**
 * Runs a command while processes change the sandboxes of a store, some of them between its two passes.
 * @returns what it reported, and when each key changed last
 */
async function whileChanging(url: string, args: readonly string[]) {
  const workers = Array.from({ length: changers }, (_, seed) => {
    return new Worker(import.meta.url, 'workers/change-sandboxes.js', [url, String(sandboxes), String(seed + 1)]);
  });
  const moreChanges = async () => {
    await Promise.all(workers.map((worker) => worker.line('1', worker.lines.length + 10)));
  };
  await moreChanges();
  const result = await measured(args, moreChanges);
  for (const worker of workers) worker.send('stop');
  await Promise.all(workers.map((worker) => worker.line('stopped')));
  const lastChange = new Map<string, number>();
  for (const line of workers.flatMap(({ lines }) => lines.slice(0, -1))) {
    const [time, key = ''] = line.split(' ');
    lastChange.set(key, Math.max(Number(time), lastChange.get(key) ?? 0));
  }
  return { ...result, lastChange };
}

/** Of what differs, everything is named in the report, or was changed after the source was looked at last. */
async function expectSameButFor(
  from: string,
  to: string,
  { changed, takenUntil }: { readonly changed: readonly string[]; readonly takenUntil: string },
  lastChange: ReadonlyMap<string, number>,
): Promise<number> {
  await using source = await openDriver(from);
  await using target = await openDriver(to);
  const different = await differences(source, target);
  const since = new Date(takenUntil).getTime();
  expect(different.filter((key) => !changed.includes(key) && !((lastChange.get(key) ?? 0) >= since))).toEqual([]);
  return different.length;
}

async function expectSame(from: string, to: string): Promise<void> {
  await using source = await openDriver(from);
  await using target = await openDriver(to);
  expect(await differences(source, target)).toEqual([]);
}

test(`${sandboxes} sandboxes go from a directory to Redis, to S3 and to a directory while ${changers} processes change them`, {
  timeout: timeFor(sandboxes, 800),
}, async () => {
  const { endpoint, accessKeyId, secretAccessKey } = s3;
  const stores = [
    directoryUrl(),
    redis.url,
    `s3://${bucket}/live?${new URLSearchParams({ endpoint, accessKeyId, secretAccessKey })}`,
    directoryUrl(),
  ];
  await fill(stores[0] as string);
  for (const [index, to] of stores.slice(1).entries()) {
    const from = stores[index] as string;
    const args = ['copy', '--from', from, '--to', to];
    const started = performance.now();
    const { report, peakMiB, code, lastChange } = await whileChanging(from, args);
    expect({ code, conflicts: report.conflicts, failed: report.failed }).toEqual({
      code: 0,
      conflicts: [],
      failed: [],
    });
    expect(peakMiB).toBeLessThan(limitMiB);
    expect(report.takenAgain.length).toBeGreaterThan(0);
    const different = await expectSameButFor(from, to, report, lastChange);

    const last = await measured([...args, '--overwrite', '--delete']);
    expect(last.code).toBe(0);
    expect(last.report.replaced + last.report.written + last.report.deleted).toBe(different);
    expect(last.report).toMatchObject({ takenAgain: [], changed: [], conflicts: [], failed: [] });
    expect(last.peakMiB).toBeLessThan(limitMiB);
    await expectSame(from, to);
    const { written, takenAgain, changed } = report;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `${from.split(':')[0]} to ${to.split(':')[0]}: ${written} written, ${takenAgain.length} taken again, ` +
        `${changed.length} told as changed, ${different} different in the end, ${lastChange.size} sandboxes changed; ` +
        `peak ${peakMiB.toFixed(0)} MiB, ${last.peakMiB.toFixed(0)} MiB the second time; ${seconds} s in all`,
    );
  }
});

test(`a backup of ${sandboxes} sandboxes that ${changers} processes change restores them`, {
  timeout: timeFor(sandboxes, 500),
}, async () => {
  const [from, to] = [directoryUrl(), directoryUrl()];
  const file = `${temporaryDirectory()}/all.tar.gz`;
  await fill(from);
  const backup = await whileChanging(from, ['backup', '--url', from, '--to', file]);
  expect({ code: backup.code, failed: backup.report.failed }).toEqual({ code: 0, failed: [] });
  expect(backup.report.takenAgain.length).toBeGreaterThan(0);
  const restored = await measured(['restore', '--from', file, '--url', to]);
  expect(restored).toMatchObject({ code: 0, report: { conflicts: [], failed: [] } });
  await expectSameButFor(from, to, backup.report, backup.lastChange);
  for (const { peakMiB } of [backup, restored]) expect(peakMiB).toBeLessThan(limitMiB);
  console.log(`backup: peak ${backup.peakMiB.toFixed(0)} MiB; restore: peak ${restored.peakMiB.toFixed(0)} MiB`);
});
