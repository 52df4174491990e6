import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { errorAnswer, type S3Answer, type S3Request } from './s3-message.js';
import { listAnswer } from './s3-model-list.js';

export interface S3ModelOptions {
  /** DELETE looks at `If-Match`. @default true */
  readonly conditionalDelete?: boolean;
  /** Which ETags of `If-Match` are understood; the others never match. @default 'both' */
  readonly etags?: 'quoted' | 'unquoted' | 'both';
  /** The status of a PUT with `If-Match` where there is no object. @default 404 */
  readonly missing?: 404 | 412;
  /** Keeps versions; DELETE makes a delete marker. Conditions hold all the same. @default false */
  readonly versioned?: boolean;
}

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: Date;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers of a PUT that come back with a GET. */
const kept = /^(content-type|x-amz-meta-.*|x-amz-checksum-(?!algorithm).*|x-amz-storage-class)$/;

/**
 * The objects of one bucket, with the semantics of Amazon S3: conditions of PUT and DELETE are looked at and
 * applied in one step. It neither looks at signatures nor at credentials.
 */
export class S3Model {
  readonly objects = new Map<string, StoredObject>();
  /** How far its clock is ahead, in milliseconds. */
  clockOffsetMs = 0;
  readonly #options: Required<S3ModelOptions>;
  #versions = 0;

  constructor(options: S3ModelOptions = {}) {
    this.#options = { conditionalDelete: true, etags: 'both', missing: 404, versioned: false, ...options };
  }

  now(): Date {
    return new Date(Date.now() + this.clockOffsetMs);
  }

  answer(request: S3Request): S3Answer {
    const late = this.#lateness(request);
    if (late !== undefined) return late;
    const { method, key, query } = request;
    if (key === '') {
      if (method === 'GET' && query.get('list-type') === '2') return listAnswer(request, this.objects);
      if (method === 'GET' && query.has('versioning')) return this.#versioning();
      if (method === 'HEAD') return done(200);
      return errorAnswer(501, 'NotImplemented');
    }
    if (method === 'PUT') return this.#put(request);
    if (method === 'DELETE') return this.#delete(request);
    if (method === 'GET' || method === 'HEAD') return this.#get(request);
    return errorAnswer(405, 'MethodNotAllowed');
  }

  #put({ key, headers, body }: S3Request): S3Answer {
    const current = this.objects.get(key);
    if (headers['if-none-match'] === '*' && current !== undefined) return preconditionFailed();
    const refused = this.#refusal(headers['if-match'], current);
    if (refused !== undefined) return refused;
    const checksum = headers['x-amz-checksum-crc32'];
    if (checksum !== undefined && checksum !== crc32Base64(body)) return errorAnswer(400, 'BadDigest');
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const own = Object.entries(headers).filter(([name]) => kept.test(name)) as [string, string][];
    this.objects.set(key, { body, etag, modified: this.now(), headers: Object.fromEntries(own) });
    return done(200, { etag, ...this.#newVersion() });
  }

  #delete({ key, headers }: S3Request): S3Answer {
    const current = this.objects.get(key);
    const condition = headers['if-match'];
    if (this.#options.conditionalDelete && condition !== undefined) {
      const refused = this.#refusal(condition, current);
      if (refused !== undefined) return refused;
    }
    this.objects.delete(key);
    return done(204, this.#options.versioned ? { 'x-amz-delete-marker': 'true', ...this.#newVersion() } : {});
  }

  #get({ key, method, headers }: S3Request): S3Answer {
    const found = this.objects.get(key);
    if (found === undefined) return errorAnswer(404, 'NoSuchKey');
    const { body, etag, modified } = found;
    const shown = { ...found.headers, etag, 'last-modified': modified.toUTCString() };
    if (headers['if-none-match'] === etag) return done(304, shown);
    if (method === 'HEAD') return done(200, shown);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    if (first === undefined) return { status: 200, headers: shown, body };
    const part = body.subarray(Number(first), Number(last) + 1);
    if (part.byteLength === 0) return errorAnswer(416, 'InvalidRange');
    const range = `bytes ${first}-${Number(first) + part.byteLength - 1}/${body.byteLength}`;
    return { status: 206, headers: { ...withoutChecksums(shown), 'content-range': range }, body: part };
  }

  #refusal(condition: string | undefined, current: StoredObject | undefined): S3Answer | undefined {
    if (condition === undefined) return undefined;
    if (current === undefined)
      return this.#options.missing === 404 ? errorAnswer(404, 'NoSuchKey') : preconditionFailed();
    const { etags } = this.#options;
    const forms = { quoted: [current.etag], unquoted: [bare(current.etag)], both: [current.etag, bare(current.etag)] };
    return condition === '*' || forms[etags].includes(condition) ? undefined : preconditionFailed();
  }

  /** Signed requests are good for 15 minutes around their date, presigned ones for the time that they name. */
  #lateness({ query, headers }: S3Request): S3Answer | undefined {
    const presigned = query.get('X-Amz-Date');
    const signed = presigned ?? headers['x-amz-date'];
    if (typeof signed !== 'string') return undefined;
    const at = Date.parse(signed.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    const age = this.now().getTime() - at;
    if (presigned === null) {
      return Math.abs(age) > 900_000 ? errorAnswer(403, 'RequestTimeTooSkewed') : undefined;
    }
    const expired = age > Number(query.get('X-Amz-Expires')) * 1_000 || age < -900_000;
    return expired ? errorAnswer(403, 'AccessDenied', 'Request has expired') : undefined;
  }

  #versioning(): S3Answer {
    const status = this.#options.versioned ? '<Status>Enabled</Status>' : '';
    const xml = `<VersioningConfiguration>${status}</VersioningConfiguration>`;
    return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
  }

  #newVersion(): Record<string, string> {
    if (!this.#options.versioned) return {};
    this.#versions += 1;
    return { 'x-amz-version-id': `v${this.#versions}` };
  }
}

function crc32Base64(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

/** The checksum of an object says nothing of a part of it. */
function withoutChecksums(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-')));
}

function bare(etag: string): string {
  return etag.replaceAll('"', '');
}

function preconditionFailed(): S3Answer {
  return errorAnswer(412, 'PreconditionFailed');
}

function done(status: number, headers: Record<string, string> = {}): S3Answer {
  return { status, headers, body: Buffer.alloc(0) };
}
