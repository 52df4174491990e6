import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import { freshBucket, plainClient } from './s3-bucket.js';
import { S3FaultProxy, unavailable } from './s3-fault-proxy.js';
import { s3Service } from './s3-service.js';

const service = await s3Service();
const proxy = await S3FaultProxy.start(service.endpoint);
const direct = plainClient(service);
const through = plainClient({ ...service, endpoint: proxy.endpoint });
let Bucket: string;

beforeEach(async () => {
  proxy.fault = () => undefined;
  Bucket = await freshBucket(service);
});
afterAll(async () => {
  direct.destroy();
  through.destroy();
  await proxy.close();
  await service.close();
});

function put(Body: string): Promise<unknown> {
  return through.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body }));
}

async function stored(): Promise<string | undefined> {
  const { Body } = await direct.send(new GetObjectCommand({ Bucket, Key: 'a/b' }));
  return Body?.transformToString();
}

test('requests are passed on, and counted by kind', async () => {
  const kinds = await proxy.kindsDuring(async () => {
    await put('x');
    await through.send(new GetObjectCommand({ Bucket, Key: 'a/b' }));
    await through.send(new ListObjectsV2Command({ Bucket }));
  });
  expect(kinds).toEqual(['PUT', 'GET', 'LIST']);
  expect(await stored()).toBe('x');
});

test('a lost request never reaches the server, a lost answer comes after it', async () => {
  await put('before');
  proxy.fault = () => 'lose request';
  await expect(put('lost')).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(await stored()).toBe('before');
  proxy.fault = () => 'lose answer';
  await expect(put('applied')).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(await stored()).toBe('applied');
});

test('an error is answered instead of the server, or after it has applied the request', async () => {
  await put('before');
  proxy.fault = () => unavailable(503);
  await expect(put('x')).rejects.toMatchObject({ name: 'SlowDown' });
  expect(await stored()).toBe('before');
  proxy.fault = () => unavailable(500, true);
  await expect(put('applied')).rejects.toMatchObject({ name: 'InternalError' });
  expect(await stored()).toBe('applied');
});

test('a held request arrives late, when its client is gone', async () => {
  await put('before');
  let release = () => {};
  const until = new Promise<void>((resolve) => (release = resolve));
  let arrived = () => {};
  const arrival = new Promise<void>((resolve) => (arrived = resolve));
  proxy.fault = () => {
    arrived();
    return { until };
  };
  const aborted = new AbortController();
  const late = through.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'late' }), {
    abortSignal: aborted.signal,
  });
  await arrival;
  aborted.abort();
  await expect(late).rejects.toMatchObject({ name: 'AbortError' });
  expect(await stored()).toBe('before');
  release();
  await proxy.settled();
  expect(await stored()).toBe('late');
});

test('a delayed answer comes after the request was applied', async () => {
  let release = () => {};
  const answerAfter = new Promise<void>((resolve) => (release = resolve));
  proxy.fault = () => ({ answerAfter });
  const answered = put('x');
  await eventually('the object', async () => (await stored()) === 'x');
  release();
  await answered;
});
