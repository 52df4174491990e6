import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { plainClient as redisClient } from '../redis/namespace.js';
import { RedisCluster } from '../services/redis-cluster.js';
import { dropBucket, freshBucket, plainClient } from '../services/s3-bucket.js';
import { s3Service } from '../services/s3-service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const bin = fileURLToPath(new URL('../../packages/persist-cli/bin/sandkeep.js', import.meta.url));

/** Runs some cases of each level that a URL can reach; gives what the command printed. */
function conformance(url: string): Promise<string> {
  const args = [bin, 'conformance', url, '--only', 'A3,C,D33,H67,I71-processes,I78'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      if (error === null) resolve(stderr + stdout);
      else reject(new Error(`${stdout}${stderr}`, { cause: error }));
    });
  });
}

test('sandkeep conformance s3://… leaves the bucket as it was', async () => {
  const service = await s3Service();
  onTestFinished(() => service.close() as Promise<void>);
  const bucket = await freshBucket(service);
  const { endpoint, accessKeyId, secretAccessKey } = service;
  const output = await conformance(
    `s3://${bucket}/mine?${new URLSearchParams({ endpoint, accessKeyId, secretAccessKey })}`,
  );
  expect(output).toMatch(/in prefix mine\/sandkeep-conformance-\w+-\*\/ of bucket/);
  expect(output).toMatch(/^all +11 +0 +0 /m);
  expect(output).not.toContain(secretAccessKey);
  const client = plainClient(service);
  const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  expect(Versions).toEqual([]);
  client.destroy();
  await dropBucket(service, bucket);
}, 120_000);

test('sandkeep conformance redis+cluster://… leaves no key on any node', async () => {
  const cluster = await RedisCluster.start();
  onTestFinished(() => cluster.close());
  expect(await conformance(cluster.url)).toMatch(/^all +11 +0 +0 /m);
  for (const { port } of cluster.servers) {
    const client = redisClient({ host: '127.0.0.1', port } as never);
    expect(await client.dbsize()).toBe(0);
    client.disconnect();
  }
}, 120_000);

test('sandkeep conformance lmdb://… leaves the directory empty', async () => {
  const directory = temporaryDirectory();
  const url = pathToFileURL(directory).href.replace('file:', 'lmdb:');
  expect(await conformance(url)).toMatch(/^all +11 +0 +0 /m);
  expect(readdirSync(directory)).toEqual([]);
}, 120_000);
