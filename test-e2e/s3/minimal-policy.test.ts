import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { type Harness, registerConformance } from '@sandkeep/persist-conformance';
import { openS3Driver, type S3Options } from '@sandkeep/persist-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CephGateway } from '../services/ceph-gateway.js';
import { freshBucket, plainClient } from '../services/s3-bucket.js';
import type { S3Access } from '../services/s3-service.js';

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const [, json = ''] = /```json\n(\{\n {2}"Version".*?)```/s.exec(page) ?? [];

let gateway: CephGateway;
let limited: S3Access;

beforeAll(async () => {
  gateway = await CephGateway.start();
  limited = await gateway.addUser('limited');
});
afterAll(() => gateway.close());

/** A bucket in which that user has the rights of docs/security.md. */
async function bucketWithPolicy(): Promise<string> {
  const bucket = await freshBucket(gateway);
  const policy = JSON.parse(json.replaceAll('my-bucket', bucket));
  for (const statement of policy.Statement) statement.Principal = { AWS: ['arn:aws:iam:::user/limited'] };
  const client = plainClient(gateway);
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
  client.destroy();
  return bucket;
}

async function storage(): Promise<S3Options> {
  const { endpoint, region, accessKeyId, secretAccessKey } = limited;
  const prefix = `prod/${randomBytes(6).toString('hex')}`;
  return { bucket: await bucketWithPolicy(), prefix, endpoint, region, accessKeyId, secretAccessKey };
}

const harness: Harness<S3Options> = {
  name: 's3, as a user with the least rights',
  create: storage,
  open: (options) => openS3Driver(options),
  openPeer: (options) => openS3Driver(options),
  dispose: async () => {},
  secrets: () => [limited.secretAccessKey],
};

registerConformance({ describe, it }, harness, { only: ['A', 'C', 'D33', 'D37', 'H67', 'I71', 'I76', 'J'] });

it('and nothing else in that bucket', async () => {
  const Bucket = await bucketWithPolicy();
  const owner = plainClient(gateway);
  await owner.send(new PutObjectCommand({ Bucket, Key: 'elsewhere/a', Body: '1' }));
  const client = plainClient(limited);
  try {
    for (const command of [
      new GetObjectCommand({ Bucket, Key: 'elsewhere/a' }),
      new PutObjectCommand({ Bucket, Key: 'elsewhere/a', Body: '2' }),
      new DeleteObjectCommand({ Bucket, Key: 'elsewhere/a' }),
      new PutBucketPolicyCommand({ Bucket, Policy: json }),
      new DeleteBucketCommand({ Bucket }),
    ]) {
      await expect(client.send(command as never), command.constructor.name).rejects.toMatchObject({
        name: 'AccessDenied',
      });
    }
  } finally {
    owner.destroy();
    client.destroy();
  }
});
