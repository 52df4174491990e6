import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Access } from './s3-service.js';

/** A plain client without retries, to look at the server past the driver. The caller destroys it. */
export function plainClient({ endpoint, region, accessKeyId, secretAccessKey }: S3Access): S3Client {
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** Makes an empty bucket with a name of its own. @returns its name */
export async function freshBucket(access: S3Access, { versioned = false } = {}): Promise<string> {
  const client = plainClient(access);
  const Bucket = `sandkeep-${randomBytes(8).toString('hex')}`;
  try {
    await client.send(new CreateBucketCommand({ Bucket }));
    if (versioned) {
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    }
    return Bucket;
  } finally {
    client.destroy();
  }
}

/** Removes a bucket and what is in it, apart from old versions. Must not fail when it is gone. */
export async function dropBucket(access: S3Access, Bucket: string): Promise<void> {
  const client = plainClient(access);
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
      await Promise.all(Contents.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket, Key }))));
    }
    await client.send(new DeleteBucketCommand({ Bucket }));
  } catch (error) {
    if (!(error instanceof Error && ['NoSuchBucket', 'BucketNotEmpty'].includes(error.name))) throw error;
  } finally {
    client.destroy();
  }
}
