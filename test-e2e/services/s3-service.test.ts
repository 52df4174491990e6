import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { CephGateway } from './ceph-gateway.js';
import { freePortRange } from './port-range.js';
import { dropBucket, freshBucket, plainClient } from './s3-bucket.js';
import { s3Service } from './s3-service.js';

const gateways = await Promise.all([CephGateway.start(), CephGateway.start()]);
afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));

test('two gateways run side by side, and keep objects apart', async () => {
  const names = await Promise.all(
    gateways.map(async (gateway, n) => {
      const client = plainClient(gateway);
      const Bucket = await freshBucket(gateway);
      await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: `of ${n}` }));
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'a' }));
      expect(await Body?.transformToString()).toBe(`of ${n}`);
      client.destroy();
      return Bucket;
    }),
  );
  const [first, second] = gateways as [CephGateway, CephGateway];
  const client = plainClient(first);
  const Bucket = names[1] as string;
  await expect(client.send(new GetObjectCommand({ Bucket, Key: 'a' }))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  client.destroy();
  await dropBucket(second, Bucket);
  await dropBucket(second, Bucket);
});

test('the gateway refuses a condition that does not hold; in a versioned bucket it does not look at it', async () => {
  const [gateway] = gateways as [CephGateway, CephGateway];
  const client = plainClient(gateway);
  const create = (Bucket: string) =>
    client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', IfNoneMatch: '*' }));
  const plain = await freshBucket(gateway);
  await create(plain);
  await expect(create(plain)).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  const versioned = await freshBucket(gateway, { versioned: true });
  await create(versioned);
  await expect(create(versioned)).resolves.toMatchObject({ VersionId: expect.any(String) });
  client.destroy();
});

test('ranges of ports are disjoint', async () => {
  const ranges = await Promise.all(Array.from({ length: 20 }, () => freePortRange(6)));
  const ports = ranges.flatMap(({ first }) => Array.from({ length: 6 }, (_, n) => first + n));
  expect(new Set(ports).size).toBe(120);
  for (const range of ranges) range.release();
});

test('a server that the environment names is used as it is', async () => {
  const before = process.env.SANDKEEP_TEST_S3_URL;
  process.env.SANDKEEP_TEST_S3_URL = 'https://key:se%2Fcret@s3.example:9000?region=eu-central-1';
  try {
    expect(await s3Service()).toMatchObject({
      endpoint: 'https://s3.example:9000',
      region: 'eu-central-1',
      accessKeyId: 'key',
      secretAccessKey: 'se/cret',
    });
    process.env.SANDKEEP_TEST_S3_URL = 'https://s3.example:9000';
    await expect(s3Service()).rejects.toThrow('names no keys');
  } finally {
    if (before === undefined) delete process.env.SANDKEEP_TEST_S3_URL;
    else process.env.SANDKEEP_TEST_S3_URL = before;
  }
});
