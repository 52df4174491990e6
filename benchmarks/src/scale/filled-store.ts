import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { SandboxStore } from '@sandkeep/persist-api';
import { RedisServer } from '../redis/redis-server.js';
import { removeBucket, s3Client } from '../s3/bucket.js';
import { startS3Server } from '../s3/s3-server.js';
import { sampleState } from '../workload/sample.js';
import { open } from './open.js';

/** A place for a store that grows, by its URL. */
export interface Backend {
  readonly name: string;
  readonly title: string;
  open(): Promise<OpenBackend>;
}

export interface OpenBackend {
  readonly url: string;
  /** The same with options that make it faster to fill. */
  readonly fillUrl?: string;
  close(): Promise<void>;
}

export const backends: readonly Backend[] = [
  {
    name: 'fs',
    title: 'the directory driver, in the directory for temporary files',
    open: async () => inDirectory((root) => ({ url: `file://${root}`, fillUrl: `file://${root}?durability=process` })),
  },
  {
    name: 'lmdb',
    title: 'the LMDB driver, in the directory for temporary files',
    open: async () => inDirectory((root) => ({ url: `lmdb://${root}` })),
  },
  { name: 'redis', title: 'the Redis driver', open: onRedis },
  { name: 's3', title: 'the S3 driver', open: onS3 },
];

/** Saves sandboxes with a container each: those from number `from` on, up to `to`. */
export async function fill({ url, fillUrl = url }: OpenBackend, from: number, to: number): Promise<void> {
  await using driver = await open(fillUrl);
  const store = new SandboxStore(driver);
  const state = sampleState(1);
  for (let start = from; start < to; start += 256) {
    const count = Math.min(256, to - start);
    await Promise.all(Array.from({ length: count }, (_, index) => store.save(nameOf(start + index), state)));
  }
}

export function nameOf(number: number): string {
  return `box-${String(number).padStart(6, '0')}`;
}

function inDirectory(urlsOf: (root: string) => Pick<OpenBackend, 'url' | 'fillUrl'>): OpenBackend {
  const root = mkdtempSync(join(tmpdir(), 'sandkeep-bench-'));
  return { ...urlsOf(root), close: async () => rmSync(root, { recursive: true }) };
}

async function onRedis(): Promise<OpenBackend> {
  const server = await RedisServer.start();
  return { url: `redis://127.0.0.1:${server.port}`, close: () => server[Symbol.asyncDispose]() };
}

let buckets = 0;

async function onS3(): Promise<OpenBackend> {
  const server = await startS3Server();
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const client = s3Client(server);
  buckets += 1;
  const bucket = `sandkeep-bench-${process.pid}-scale-${buckets}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const access = { endpoint, region, accessKeyId, secretAccessKey, pathStyle: 'true' };
  return {
    url: `s3://${bucket}?${new URLSearchParams(access)}`,
    async close() {
      await removeBucket(client, bucket);
      client.destroy();
      await server.close();
    },
  };
}
