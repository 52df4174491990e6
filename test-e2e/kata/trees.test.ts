import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeJson, type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { exportKataTree, importKataTree, kataSchema } from '@sandkeep/persist-kata';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { openS3Driver } from '@sandkeep/persist-s3';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { dropNamespace, freshOptions } from '../redis/namespace.js';
import { redisService } from '../services/redis-service.js';
import { dropBucket, freshBucket } from '../services/s3-bucket.js';
import { s3Service } from '../services/s3-service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { toArray } from '../support/to-array.js';

const [redis, s3] = await Promise.all([redisService('single'), s3Service()]);
afterAll(() => Promise.all([redis.close(), s3.close()]));

const drivers: Record<string, () => Promise<PersistDriver>> = {
  fs: () => openFsDriver({ root: temporaryDirectory() }),
  redis: () => {
    const options = freshOptions(redis.url);
    onTestFinished(() => dropNamespace(options));
    return openRedisDriver(options);
  },
  s3: async () => {
    const bucket = await freshBucket(s3);
    onTestFinished(() => dropBucket(s3, bucket));
    const { endpoint, region, accessKeyId, secretAccessKey } = s3;
    return openS3Driver({ bucket, endpoint, region, accessKeyId, secretAccessKey });
  },
};

/** The trees of the package; with `SANDKEEP_KATA_TREES`, all in that directory, each a `root/` with a `read.json`. */
const named = process.env.SANDKEEP_KATA_TREES;
const fixtures = fileURLToPath(new URL('../../packages/persist-kata/test/fixtures', import.meta.url));
const trees =
  named === undefined
    ? ['kata-1', 'kata-2', 'kata-4'].map((name) => join(fixtures, name))
    : readdirSync(named, { recursive: true })
        .map((path) => join(named, String(path)))
        .filter((path) => path.endsWith('/read.json'))
        .map((path) => join(path, '../root'))
        .filter((root) => readdirSync(join(root, '..')).includes('root'));

test.each(Object.keys(drivers).flatMap((name) => trees.map((tree) => [name, tree] as const)))(
  'through %s, the values of %s stay',
  async (name, tree) => {
    const driver = await (drivers[name] as () => Promise<PersistDriver>)();
    onTestFinished(() => driver.close());
    const store = new SandboxStore(driver, { schema: kataSchema });
    const root = join(temporaryDirectory(), 'vc');
    const written = [{ id: expect.any(String), outcome: 'written' }];
    expect(await toArray(importKataTree(tree, store))).toEqual(written);
    expect(await toArray(exportKataTree(store, root))).toEqual(written);
    expect(valuesOf(root)).toEqual(valuesOf(tree));
    if (named !== undefined) expect(Object.values(readBy(root))).toEqual([whatGoReads(tree)]);
  },
);

/** The values of every `persist.json` below a directory, with exact integers, by its path there. */
function valuesOf(root: string): Record<string, unknown> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.name === 'persist.json')
      .map(({ parentPath, name }) => [relative(root, join(parentPath, name)), valueOf(join(parentPath, name))]),
  );
}

/** The sandboxes of a tree in the form of `read.json`, by id. */
function readBy(root: string): Record<string, { sandbox: unknown; containers: Record<string, unknown> }> {
  const read: Record<string, { sandbox: unknown; containers: Record<string, unknown> }> = {};
  for (const [path, value] of Object.entries(valuesOf(root))) {
    const [, id = '', container] = path.split('/');
    const sandbox = (read[id] ??= { sandbox: undefined, containers: {} });
    if (container === 'persist.json') sandbox.sandbox = value;
    else sandbox.containers[String(container)] = value;
  }
  return read;
}

function whatGoReads(tree: string): unknown {
  return valueOf(join(tree, '../read.json'));
}

function valueOf(file: string): unknown {
  return decodeJson(readFileSync(file, 'utf8'));
}
