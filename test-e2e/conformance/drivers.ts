import { tmpdir } from 'node:os';
import type { Harness } from '@sandkeep/persist-conformance';
import { memoryHarness } from '../../packages/persist-conformance/test/memory-harness.js';
import { lmdbHarness } from '../../packages/persist-lmdb/test/lmdb-harness.js';
import { wrappedHarness } from '../at-rest/wrapped-harness.js';
import { tracedFsHarness } from '../fs/traced-fs-harness.js';
import { redisHarness } from '../redis/redis-harness.js';
import { s3Harness } from '../s3/s3-harness.js';
import { type RedisKind, redisService } from '../services/redis-service.js';
import { s3Service } from '../services/s3-service.js';

/** A driver on a real backend, which is started for it. */
export interface TestedDriver {
  /** What the matrix calls it. */
  readonly name: string;
  start(): Promise<{ readonly harness: Harness; close(): Promise<unknown> }>;
}

/** Every driver, on every kind of backend that it has. */
export const testedDrivers: readonly TestedDriver[] = [
  { name: 'fs', start: async () => onOwn(tracedFsHarness(tmpdir())) },
  onRedis('redis, one server', 'single'),
  onRedis('redis, Sentinel', 'sentinel'),
  onRedis('redis, Cluster', 'cluster'),
  {
    name: 's3, Ceph',
    async start() {
      const service = await s3Service();
      return { harness: s3Harness({ name: 's3', access: service }) as Harness, close: () => service.close() };
    },
  },
  { name: 'lmdb', start: async () => onOwn(lmdbHarness) },
  {
    name: 'fs, compressed and encrypted',
    start: async () => onOwn(wrappedHarness(tracedFsHarness(tmpdir()), 'compressed and encrypted')),
  },
  { name: 'memory', start: async () => onOwn(memoryHarness) },
];

function onRedis(name: string, kind: RedisKind): TestedDriver {
  return {
    name,
    async start() {
      const service = await redisService(kind);
      const harness = redisHarness({ name, url: service.url, proxied: kind === 'single', ownUser: kind !== 'single' });
      return { harness: harness as Harness, close: () => service.close() };
    },
  };
}

function onOwn<Location>(harness: Harness<Location>) {
  return { harness: harness as Harness, close: async () => {} };
}
