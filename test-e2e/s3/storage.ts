import { randomBytes } from 'node:crypto';
import type { PersistDriver } from '@sandkeep/persist-api';
import { openS3Driver, type S3Options } from '@sandkeep/persist-s3';
import { freshBucket } from '../services/s3-bucket.js';
import type { S3Access } from '../services/s3-service.js';
import type { ScriptedS3Server } from '../services/scripted-s3-server.js';

/** A bucket of a test's own, and how drivers on it are opened. */
export interface Storage {
  readonly bucket: string;
  readonly options: S3Options;
  /** @param more options, such as the endpoint of a proxy */
  open(more?: Partial<S3Options>): Promise<PersistDriver>;
}

export async function freshStorage(access: S3Access, more: Partial<S3Options> = {}): Promise<Storage> {
  return storageIn(await freshBucket(access), access, more);
}

export function storageIn(bucket: string, access: S3Access, more: Partial<S3Options> = {}): Storage {
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  const options = { bucket, endpoint, region, accessKeyId, secretAccessKey, ...more };
  return { bucket, options, open: (others = {}) => openS3Driver({ ...options, ...others }) };
}

/** The same bucket for all tests, but a prefix of a test's own. */
export function freshStorageOn(server: ScriptedS3Server, more: Partial<S3Options> = {}): Storage {
  return storageIn(server.bucket, server, { prefix: randomBytes(6).toString('hex'), ...more });
}
