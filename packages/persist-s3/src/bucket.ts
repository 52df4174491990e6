import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { maxHeaderBytes, PersistError } from '@sandkeep/persist-api';
import type { CallTime } from './call-time.js';
import type { S3Config } from './config.js';
import { contentOf, type ObjectContent } from './object-body.js';
import { withResponseDate } from './response-date.js';

/** The ETag that must be the object's; or that there must be none. */
export type Condition = { readonly match: string } | 'absent';

export interface PutRequest {
  readonly key: string;
  readonly body: Buffer;
  readonly condition: Condition | undefined;
  /** The body's CRC-32 in base64, instead of the one that the client computes. */
  readonly checksum?: string | undefined;
}

export interface PutAnswer {
  readonly etag: string;
  /** Whether the bucket keeps the versions of objects. */
  readonly isVersioned: boolean;
}

/** An object's bytes. ETags are without quotes. */
export interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** What stands under an object's key, from its first bytes. */
export type Found =
  | { readonly kind: 'absent' }
  | (ObjectContent & {
      readonly etag: string;
      /** When it was written, and what the server's clock said when it answered; in milliseconds since 1970. */
      readonly modifiedAt: number;
      readonly now: number;
    });

export interface ListedObject {
  readonly key: string;
  readonly bytes: number | undefined;
  readonly etag: string;
  /** In milliseconds since 1970, by the server's clock. */
  readonly modifiedAt: number;
}

export interface ListedPage {
  readonly objects: readonly ListedObject[];
  /** Where the next page begins; undefined if there is none. */
  readonly next: string | undefined;
  /** The server's clock. */
  readonly now: number;
}

/** The requests that the driver makes. Each is one request, and rejects with what the client throws. */
export class Bucket {
  readonly name: string;
  readonly client: S3Client;
  readonly #quotesEtags: boolean;
  readonly #common: { Bucket: string; ExpectedBucketOwner?: string };
  readonly #forPut: Partial<PutObjectCommandInput>;

  /** @param quotesEtags whether the server compares ETags with their quotes */
  constructor(client: S3Client, config: S3Config, quotesEtags: boolean) {
    const { bucket, expectedBucketOwner, encryption, kmsKeyId, storageClass } = config;
    this.name = bucket;
    this.client = client;
    this.#quotesEtags = quotesEtags;
    this.#common = {
      Bucket: bucket,
      ...(expectedBucketOwner === undefined ? {} : { ExpectedBucketOwner: expectedBucketOwner }),
    };
    this.#forPut = {
      ...(encryption === undefined ? {} : { ServerSideEncryption: encryption }),
      ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }),
      ...(storageClass === undefined
        ? {}
        : { StorageClass: storageClass as PutObjectCommandInput['StorageClass'] & {} }),
    };
  }

  /** @param ms how long it may take, as in the other methods */
  get(key: string, time: CallTime, ms: number): Promise<StoredObject> {
    return time.limit(ms, async (abortSignal) => {
      const command = new GetObjectCommand({ ...this.#common, Key: key });
      const { Body, ETag } = await this.client.send(command, { abortSignal });
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), etag: bareEtag(ETag) };
    });
  }

  /** Looks at an object's first bytes. @throws as the client, if there is no object */
  peek(key: string, time: CallTime, ms: number): Promise<Found> {
    return time.limit(ms, async (abortSignal) => {
      const range = { Range: `bytes=0-${maxHeaderBytes - 1}` };
      const [command, date] = withResponseDate(new GetObjectCommand({ ...this.#common, Key: key, ...range }));
      try {
        const { Body, ETag, LastModified } = await this.client.send(command, { abortSignal });
        const content = contentOf(Buffer.from((await Body?.transformToByteArray()) ?? []));
        return { ...content, etag: bareEtag(ETag), modifiedAt: secondsOf(LastModified), now: date() };
      } catch (error) {
        // An object without a single byte has no such range.
        if (!(error instanceof Error) || error.name !== 'InvalidRange') throw error;
        const head = new HeadObjectCommand({ ...this.#common, Key: key });
        const { ETag, LastModified } = await this.client.send(head, { abortSignal });
        const modifiedAt = secondsOf(LastModified);
        return { kind: 'document', attempt: undefined, etag: bareEtag(ETag), modifiedAt, now: date() };
      }
    });
  }

  put({ key, body, condition, checksum }: PutRequest, time: CallTime, ms: number): Promise<PutAnswer> {
    return time.limit(ms, async (abortSignal) => {
      const command = new PutObjectCommand({
        ...this.#common,
        ...this.#forPut,
        Key: key,
        Body: body,
        ContentLength: body.byteLength,
        ContentType: 'application/octet-stream',
        ...(condition === 'absent' ? { IfNoneMatch: '*' } : {}),
        ...(typeof condition === 'object' ? { IfMatch: this.#etagHeader(condition.match) } : {}),
        ...(checksum === undefined ? {} : { ChecksumCRC32: checksum }),
      });
      const { ETag, VersionId } = await this.client.send(command, { abortSignal });
      return { etag: bareEtag(ETag), isVersioned: VersionId !== undefined && VersionId !== 'null' };
    });
  }

  /** @param match only if that is the object's ETag, where the server heeds it */
  delete(key: string, match: string | undefined, time: CallTime, ms: number): Promise<void> {
    return time.limit(ms, async (abortSignal) => {
      await this.client.send(this.deletion(key, match), { abortSignal });
    });
  }

  deletion(key: string, match: string | undefined): DeleteObjectCommand {
    const condition = match === undefined ? {} : { IfMatch: this.#etagHeader(match) };
    return new DeleteObjectCommand({ ...this.#common, Key: key, ...condition });
  }

  /** Up to 1,000 objects in ascending order of their keys. */
  list(
    { prefix, after, next }: { prefix: string; after: string; next: string | undefined },
    time: CallTime,
    ms: number,
  ): Promise<ListedPage> {
    return time.limit(ms, async (abortSignal) => {
      const [command, date] = withResponseDate(
        new ListObjectsV2Command({
          ...this.#common,
          Prefix: prefix,
          EncodingType: 'url',
          ...(next === undefined ? { StartAfter: after } : { ContinuationToken: next }),
        }),
      );
      const { Contents = [], IsTruncated, NextContinuationToken } = await this.client.send(command, { abortSignal });
      const objects = Contents.map(({ Key = '', Size, ETag, LastModified }) => ({
        key: decodeKey(Key),
        bytes: Size,
        etag: bareEtag(ETag),
        modifiedAt: secondsOf(LastModified),
      }));
      return { objects, next: IsTruncated ? NextContinuationToken : undefined, now: date() };
    });
  }

  #etagHeader(etag: string): string {
    return this.#quotesEtags ? `"${etag}"` : etag;
  }
}

function bareEtag(etag: string | undefined): string {
  const bare = etag?.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
  if (bare === undefined || bare === '') {
    throw new PersistError('UNSUPPORTED', 'the answer has no ETag: the endpoint is not that of an S3 server');
  }
  return bare;
}

/** Whole seconds, as in the `Date` of answers; in milliseconds. */
function secondsOf(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000) * 1000;
}

/** A key as it was; one that is none of ours may be malformed. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return '';
  }
}
