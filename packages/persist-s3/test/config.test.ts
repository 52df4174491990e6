import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { openS3Driver, type S3Options, s3ConfigSchema } from '../src/index.js';

const keys = { accessKeyId: 'AKIA1', secretAccessKey: 's3cret' };

test('the defaults', () => {
  expect(s3ConfigSchema.parse({ bucket: 'my-bucket' })).toEqual({
    bucket: 'my-bucket',
    prefix: '',
    commandTimeoutMs: 20_000,
    probe: 'always',
    sweepAfterSeconds: 3_600,
    watchIntervalMs: 5_000,
  });
});

test('a prefix ends with a slash, given or not', () => {
  for (const prefix of ['a/b', 'a/b/']) {
    expect(s3ConfigSchema.parse({ bucket: 'my-bucket', prefix })).toMatchObject({ prefix: 'a/b/' });
  }
});

test.each<[Record<string, unknown>, RegExp]>([
  [{ bucket: undefined }, /bucket/],
  [{ bucket: 'a/b' }, /bucket: expected the name/],
  [{ bucket: 'fast--use1-az4--x-s3' }, /bucket: is a directory bucket/],
  [{ buckte: 'b' }, /buckte/],
  [{ prefix: '../a' }, /prefix/],
  [{ prefix: '/a' }, /prefix/],
  [{ prefix: 'a//b' }, /prefix/],
  [{ prefix: '.sandkeep' }, /prefix/],
  [{ prefix: 'a'.repeat(101) }, /prefix/],
  [{ endpoint: 'localhost:9000' }, /endpoint: expected an http or https URL/],
  [{ accessKeyId: 'a' }, /secretAccessKey: accessKeyId and secretAccessKey go together/],
  [{ sessionToken: 't' }, /sessionToken: goes with/],
  [{ ...keys, profile: 'p' }, /profile: cannot go with accessKeyId/],
  [{ kmsKeyId: 'k' }, /kmsKeyId: goes with encryption/],
  [{ kmsKeyId: 'k', encryption: 'AES256' }, /kmsKeyId: goes with encryption/],
  [{ encryption: 'rot13' }, /encryption/],
  [{ expectedBucketOwner: 'me' }, /expectedBucketOwner: expected an account number/],
  [{ storageClass: 'cold storage' }, /storageClass/],
  [{ checksums: true }, /checksums/],
  [{ maxSockets: 0 }, /maxSockets/],
  [{ commandTimeoutMs: 1 }, /commandTimeoutMs/],
  [{ probe: false }, /probe/],
  [{ sweepAfterSeconds: -1 }, /sweepAfterSeconds/],
  [{ watchIntervalMs: 0 }, /watchIntervalMs/],
  [{ client: {} }, /client: expected an S3Client/],
])('%j is INVALID_ARGUMENT that names the option', async (options, message) => {
  const given = { bucket: 'my-bucket', ...options } as S3Options;
  await expect(openS3Driver(given)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(message),
  });
});

test.each<Partial<S3Options>>([
  { region: 'eu-central-1' },
  { endpoint: 'http://127.0.0.1:1' },
  { pathStyle: true },
  keys,
  { profile: 'p' },
  { maxSockets: 1 },
  { checksums: 'when-required' },
])('%j cannot go with a client', async (options) => {
  const client = new S3Client({ region: 'us-east-1', credentials: { ...keys } });
  await expect(openS3Driver({ bucket: 'my-bucket', client, ...options })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(`${Object.keys(options)[0]}: is a matter of the client`),
  });
  client.destroy();
});

test('a refused configuration does not show the key', async () => {
  const error = await openS3Driver({ bucket: 'my-bucket', ...keys, maxSockets: 0 }).catch((reason) => reason);
  expect(error.code).toBe('INVALID_ARGUMENT');
  expect(JSON.stringify(error) + error.message + error.stack).not.toContain('s3cret');
});

test('a server that is not there is UNAVAILABLE within the time', async () => {
  const options = { bucket: 'my-bucket', endpoint: 'http://127.0.0.1:1', commandTimeoutMs: 200, ...keys };
  const error = await openS3Driver(options).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, driver: 's3', operation: 'open' });
  expect(error.message).toContain('ECONNREFUSED');
  expect(error.message + JSON.stringify(error)).not.toContain('s3cret');
});
