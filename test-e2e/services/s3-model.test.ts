import { once } from 'node:events';
import { request } from 'node:http';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { CephGateway } from './ceph-gateway.js';
import { freshBucket, plainClient } from './s3-bucket.js';
import { ScriptedS3Server } from './scripted-s3-server.js';

const gateway = await CephGateway.start();
const ceph = await ScriptedS3Server.start({ conditionalDelete: false, etags: 'unquoted', missing: 412 });
const amazon = await ScriptedS3Server.start();
afterAll(() => Promise.all([gateway.close(), ceph.close(), amazon.close()]));

type Command = DeleteObjectCommand | GetObjectCommand | ListObjectsV2Command | PutObjectCommand;
type Answer = Partial<GetObjectCommandOutput & ListObjectsV2CommandOutput>;

function send(client: S3Client, command: Command): Promise<Answer> {
  return client.send(command as GetObjectCommand);
}

/** What both servers are asked, in this order; the result of each call in a form that can be compared. */
async function conversation(client: S3Client, Bucket: string): Promise<unknown[]> {
  const results: unknown[] = [];
  let etag: string | undefined;
  const ask = async (command: Command) => {
    try {
      const answer = await send(client, command);
      etag = answer.ETag ?? etag;
      const keys = answer.Contents?.map(({ Key, Size, ETag }) => `${Key} ${Size} ${ETag}`);
      results.push([answer.ETag, await answer.Body?.transformToString(), keys, answer.IsTruncated]);
    } catch (error) {
      const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode: number } };
      results.push([name, $metadata?.httpStatusCode]);
    }
  };
  const put = (Key: string, Body: string, condition = {}) =>
    ask(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body), ...condition }));
  const unquoted = () => etag?.replaceAll('"', '');
  await ask(new GetObjectCommand({ Bucket, Key: 'a' }));
  await put('a', '1', { IfNoneMatch: '*' });
  await put('a', '2', { IfNoneMatch: '*' });
  await put('a', '3', { IfMatch: unquoted() });
  await put('a', '4', { IfMatch: etag });
  await put('a', '5', { IfMatch: '0123456789abcdef0123456789abcdef' });
  await put('none', '6', { IfMatch: unquoted() });
  await ask(new GetObjectCommand({ Bucket, Key: 'a' }));
  await ask(new GetObjectCommand({ Bucket, Key: 'a', Range: 'bytes=0-255' }));
  for (const key of ['a b&<+é', 'b/c', 'b-c', 'b.c', 'b']) await put(key, '');
  await ask(new ListObjectsV2Command({ Bucket }));
  await ask(new ListObjectsV2Command({ Bucket, Prefix: 'b', MaxKeys: 2 }));
  await ask(new ListObjectsV2Command({ Bucket, StartAfter: 'b.c', EncodingType: 'url' }));
  await ask(new GetObjectCommand({ Bucket, Key: 'b', Range: 'bytes=0-255' }));
  await ask(new DeleteObjectCommand({ Bucket, Key: 'a', IfMatch: '0123456789abcdef0123456789abcdef' }));
  await ask(new GetObjectCommand({ Bucket, Key: 'a' }));
  await ask(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  return results;
}

test('the model that is set to be like Ceph answers as Ceph does', async () => {
  const [real, model] = [plainClient(gateway), plainClient(ceph)];
  const expected = await conversation(real, await freshBucket(gateway));
  expect(await conversation(model, ceph.bucket)).toEqual(expected);
  real.destroy();
  model.destroy();
});

test('the model of Amazon S3 looks at the condition of a DELETE, and tells a missing object', async () => {
  const client = plainClient(amazon);
  const { bucket: Bucket } = amazon;
  const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '1' }));
  const refused = (command: Command) => send(client, command).catch((error: { name: string }) => error.name);
  const stale = { Bucket, Key: 'k', IfMatch: '"stale"' };
  expect(await refused(new DeleteObjectCommand(stale))).toBe('PreconditionFailed');
  expect(await refused(new PutObjectCommand({ ...stale, Body: '2', Key: 'none' }))).toBe('NoSuchKey');
  await client.send(new DeleteObjectCommand({ ...stale, IfMatch: ETag }));
  expect(amazon.model.objects.size).toBe(0);
  client.destroy();
});

test('the model of Amazon S3 tells no checksum of an object to whoever reads a part of it', async () => {
  const client = plainClient(amazon);
  const { bucket: Bucket } = amazon;
  await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'whole', ChecksumAlgorithm: 'CRC32' }));
  const read = async (Range?: string) => {
    const answer = await client.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED', Range }));
    return [await answer.Body?.transformToString(), answer.ChecksumCRC32 !== undefined];
  };
  expect(await read()).toEqual(['whole', true]);
  expect(await read('bytes=0-1')).toEqual(['wh', false]);
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  client.destroy();
});

test('a script answers what it wants, and leaves the rest to the model; signatures have their time', async () => {
  amazon.script = ({ method }) => (method === 'PUT' ? 'cut' : undefined);
  const client = plainClient(amazon);
  const { bucket: Bucket } = amazon;
  await expect(client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '1' }))).rejects.toThrow();
  expect(await client.send(new ListObjectsV2Command({ Bucket }))).toMatchObject({ KeyCount: 0 });
  client.destroy();
  const sent = request(`${amazon.endpoint}/scripted/k`, { headers: { 'x-amz-date': '20200101T000000Z' } }).end();
  const [answer] = await once(sent, 'response');
  expect(answer.statusCode).toBe(403);
  answer.resume();
});
