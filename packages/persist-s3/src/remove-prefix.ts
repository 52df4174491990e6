import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createClient } from './client.js';
import type { S3Config } from './config.js';
import { persistErrorOf } from './errors.js';
import { failureOf } from './failure.js';

/** How many objects are deleted at a time. */
const atOnce = 16;

interface ObjectVersion {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
}

/**
 * Removes every object below the prefix of a store that nobody uses, and in a bucket that keeps versions
 * also those, as far as the credentials may.
 * @throws as `openS3Driver`
 */
export async function removePrefix(config: S3Config): Promise<void> {
  const { bucket: Bucket, commandTimeoutMs: timeoutMs } = config;
  const client = config.client ?? createClient(config);
  const owner = config.expectedBucketOwner && { ExpectedBucketOwner: config.expectedBucketOwner };
  const remove = ({ Key, VersionId }: ObjectVersion) => {
    const version = VersionId && VersionId !== 'null' && { VersionId };
    return client.send(new DeleteObjectCommand({ Bucket, ...owner, Key, ...version }));
  };
  try {
    for await (const found of objectsBelow(client, { Bucket, ...owner, Prefix: config.prefix })) {
      for (let start = 0; start < found.length; start += atOnce) {
        await Promise.all(found.slice(start, start + atOnce).map(remove));
      }
    }
  } catch (error) {
    throw persistErrorOf(failureOf(error), { bucket: Bucket, timeoutMs });
  } finally {
    if (config.client === undefined) client.destroy();
  }
}

type Place = { readonly Bucket: string; readonly Prefix: string };

/** All versions; only the latest where the server or the rights do not allow more. */
async function* objectsBelow(client: S3Client, place: Place): AsyncGenerator<readonly ObjectVersion[]> {
  const first = await client.send(new ListObjectVersionsCommand(place)).catch(() => undefined);
  if (first === undefined) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, place)) yield Contents;
    return;
  }
  for (let page = first; ; ) {
    yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (!page.IsTruncated) return;
    const marks = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    page = await client.send(new ListObjectVersionsCommand({ ...place, ...marks }));
  }
}
