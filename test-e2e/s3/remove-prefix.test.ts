import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { driver, type S3Options } from '@sandkeep/persist-s3';
import { afterAll, expect, test } from 'vitest';
import { dropBucket, freshBucket, plainClient } from '../services/s3-bucket.js';
import { s3Service } from '../services/s3-service.js';

const service = await s3Service();
const client = plainClient(service);
afterAll(() => {
  client.destroy();
  return service.close();
});
const { at, remove } = driver.scratch as NonNullable<typeof driver.scratch>;

function configOf(bucket: string) {
  const { endpoint, region, accessKeyId, secretAccessKey } = service;
  return driver.configSchema.parse({ bucket, endpoint, region, accessKeyId, secretAccessKey } satisfies S3Options);
}

/** The keys of all versions and delete markers. */
async function keysBelow(Bucket: string, Prefix: string): Promise<unknown[]> {
  const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
  return [...Versions, ...DeleteMarkers].map(({ Key }) => Key);
}

test('a scratch storage leaves no object, and touches no other', async () => {
  const bucket = await freshBucket(service);
  const [one, other] = ['test-1', 'test-11'].map((name) => at(configOf(bucket), name)) as [never, never];
  for (const each of [one, other]) {
    await using opened = await driver.open(each);
    await Promise.all(Array.from({ length: 30 }, (_, index) => opened.write(`k/${index}`, Buffer.from('1'))));
    await opened.remove('k/1');
    await opened.lock('held');
  }
  expect(await keysBelow(bucket, 'sandkeep-test-1/')).toContain('sandkeep-test-1/k/2');
  const untouched = await keysBelow(bucket, 'sandkeep-test-11/');
  await remove(one);
  expect(await keysBelow(bucket, 'sandkeep-test-1/')).toEqual([]);
  expect(await keysBelow(bucket, 'sandkeep-test-11/')).toEqual(untouched);
  await dropBucket(service, bucket);
});

test('nor does one leave old versions in a bucket that keeps them', async () => {
  const bucket = await freshBucket(service, { versioned: true });
  const config = at(configOf(bucket), 'test-1');
  const object = { Bucket: bucket, Key: `${config.prefix}a` };
  for (const Body of ['1', '2']) await client.send(new PutObjectCommand({ ...object, Body }));
  await client.send(new DeleteObjectCommand(object));
  expect(await keysBelow(bucket, '')).toEqual([object.Key, object.Key, object.Key]);
  await remove(config);
  expect(await keysBelow(bucket, '')).toEqual([]);
  await dropBucket(service, bucket);
});
