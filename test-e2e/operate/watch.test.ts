import { type DriverConfig, openDriver, SandboxStore } from '@sandkeep/persist-api';
import { expect, onTestFinished, test } from 'vitest';
import { freshOptions } from '../redis/namespace.js';
import { eventually } from '../services/eventually.js';
import { RedisSentinelSet } from '../services/redis-sentinel-set.js';
import { RedisServer } from '../services/redis-server.js';
import { dropBucket, freshBucket } from '../services/s3-bucket.js';
import { s3Service } from '../services/s3-service.js';
import { rounds, timeFor } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';

const processes = 3;

/** How long a watch may take, after the last change, to tell all of them. */
const limitMs = 60_000;

/**
 * Has 3 processes make so many changes while this one watches, and checks that the state it saw last of each
 * sandbox is the one that is stored.
 * @param inTheMiddle what happens to the backend when half of the changes are made
 */
async function watchChanges(config: DriverConfig, changes: number, inTheMiddle = async () => {}): Promise<void> {
  const driver = await openDriver(config, { from: [import.meta.dirname] });
  const store = new SandboxStore(driver);
  const seen = new Map<string, string | undefined>();
  let told = 0;
  let failure: unknown;
  let started = () => {};
  const ready = new Promise<void>((resolve) => {
    started = resolve;
  });
  const watching = new AbortController();
  const following = (async () => {
    for await (const { id, type, revision } of store.watch({
      initial: true,
      onReady: started,
      signal: watching.signal,
    })) {
      told += 1;
      if (type === 'saved') seen.set(id, revision);
      else seen.delete(id);
    }
  })().catch((error) => {
    if (error !== watching.signal.reason) failure = error;
    started();
  });
  await ready;
  const each = Math.ceil(changes / processes);
  const workers = Array.from({ length: processes }, () => {
    return new Worker(import.meta.url, 'workers/save-and-destroy.js', [JSON.stringify(config), `${each}`]);
  });
  await Promise.all(workers.map((worker) => worker.line(`changed ${each >> 1}`)));
  await inTheMiddle();
  await Promise.all(workers.map((worker) => worker.line('done')));
  const stored = new Map<string, string | undefined>();
  for await (const id of store.list()) stored.set(id, (await store.load(id)).revision);
  const isSame = () => seen.size === stored.size && [...stored].every(([id, revision]) => seen.get(id) === revision);
  await eventually('the watch to have told everything', () => failure !== undefined || isSame(), limitMs).catch(
    () => {},
  );
  if (failure !== undefined) throw failure;
  expect([...seen].sort()).toEqual([...stored].sort());
  expect(told).toBeGreaterThan(stored.size);
  watching.abort(new Error('enough'));
  await following;
  await driver.close();
}

const onRedis = rounds(600, 5_000);

test(`Redis, killed and started again in the middle of ${onRedis} changes of 3 processes`, {
  timeout: timeFor(onRedis, 60),
}, async () => {
  const server = await RedisServer.start({ persistence: 'always' });
  onTestFinished(() => server.kill());
  await watchChanges({ driver: 'redis', port: server.port }, onRedis, async () => {
    await server.kill();
    await server.restart();
  });
});

const onSentinel = rounds(300, 3_000);

test(`a Sentinel failover in the middle of ${onSentinel} changes of 3 processes`, {
  timeout: timeFor(onSentinel, 100) + 60_000,
}, async () => {
  const set = await RedisSentinelSet.start();
  onTestFinished(() => set.close());
  const { namespace, sentinels, master } = freshOptions(set.url);
  await watchChanges({ driver: 'redis', namespace, sentinels, master, minReplicas: 1 }, onSentinel, async () => {
    const killed = await set.master();
    await killed.kill();
    await eventually('another master', async () => (await set.master()) !== killed);
  });
});

const onFs = rounds(600, 5_000);

test(`a directory, and ${onFs} changes of 3 processes`, { timeout: timeFor(onFs, 60) }, async () => {
  await watchChanges({ driver: 'fs', root: temporaryDirectory() }, onFs);
});

const onS3 = rounds(90, 900);

test(`S3, and ${onS3} changes of 3 processes`, { timeout: timeFor(onS3, 300) + 60_000 }, async () => {
  const service = await s3Service();
  onTestFinished(async () => void (await service.close()));
  const bucket = await freshBucket(service);
  onTestFinished(async () => void (await dropBucket(service, bucket)));
  const { endpoint, region, accessKeyId, secretAccessKey } = service;
  const config = { driver: 's3', bucket, endpoint, region, accessKeyId, secretAccessKey, watchIntervalMs: 200 };
  await watchChanges(config, onS3);
});
