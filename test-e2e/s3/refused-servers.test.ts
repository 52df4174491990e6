import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { isPersistError } from '@sandkeep/persist-api';
import { openS3Driver } from '@sandkeep/persist-s3';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { CephGateway } from '../services/ceph-gateway.js';
import { freshBucket, plainClient } from '../services/s3-bucket.js';
import { storageIn } from './storage.js';

const gateway = await CephGateway.start();
afterAll(() => gateway.close());

async function refusalOf(opening: Promise<unknown>) {
  const error = await opening.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isPersistError(error)) throw new Error(`expected a PersistError, but got ${error}`);
  return error;
}

test('a server that ignores conditions is refused', async () => {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const path = request.url?.split('?')[0] ?? '';
    if (request.method === 'PUT') objects.set(path, body);
    if (request.method === 'DELETE') objects.delete(path);
    const found = objects.get(path);
    const etag = `"${createHash('md5')
      .update(found ?? '')
      .digest('hex')}"`;
    response.writeHead(found || request.method === 'DELETE' ? 200 : 404, { etag }).end(found);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opening = openS3Driver({ bucket: 'any', endpoint, accessKeyId: 'any', secretAccessKey: 'any' });
  expect(await refusalOf(opening)).toMatchObject({
    code: 'UNSUPPORTED',
    driver: 's3',
    operation: 'open',
    message: expect.stringContaining('If-None-Match'),
  });
});

test('a versioned bucket, where Ceph does not look at conditions, is refused with that reason', async () => {
  const bucket = await freshBucket(gateway, { versioned: true });
  const error = await refusalOf(storageIn(bucket, gateway).open());
  expect(error).toMatchObject({ code: 'UNSUPPORTED', driver: 's3', operation: 'open' });
  expect(error.message).toMatch(/version/);
  const client = plainClient(gateway);
  expect((await client.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount ?? 0).toBe(0);
  client.destroy();
});
