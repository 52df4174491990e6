import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { PersistError } from '@sandkeep/persist-api';
import type { z } from 'zod';
import type { Descriptor } from './descriptor.js';

/** No manifest, index or configuration is larger, by the limit that registries keep. */
const maxJsonBytes = 4 * 1024 * 1024;

/**
 * Opens a blob of an OCI layout whose size is already known to be the declared one.
 * @param layout the layout's directory
 * @throws `CORRUPT` naming the blob, if it is missing, no regular file, or of another size
 */
export async function openBlob(layout: string, { digest, size }: Descriptor): Promise<ReadStream> {
  const path = blobPath(layout, digest);
  const found = await lstat(path).catch((cause) => {
    throw new PersistError('CORRUPT', `the blob ${digest} cannot be read: ${cause.message}`, { cause });
  });
  if (!found.isFile()) throw new PersistError('CORRUPT', `the blob ${digest} is not a regular file`);
  if (found.size !== size) {
    throw new PersistError('CORRUPT', `the blob ${digest} has ${found.size} bytes, ${size} were declared`);
  }
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

/**
 * Passes bytes through and fails at their end, with `CORRUPT`, unless they have the digest.
 * @param what names the bytes in the error
 * @param onBytes hears of each chunk's length; what it throws ends the stream
 */
export function verifyDigest(what: string, digest: string, onBytes?: (count: number) => void): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      try {
        onBytes?.(chunk.length);
      } catch (error) {
        done(error as Error);
        return;
      }
      done(null, chunk);
    },
    flush(done) {
      const found = `sha256:${hash.digest('hex')}`;
      done(found === digest ? null : new PersistError('CORRUPT', `${what} has the digest ${found}, not ${digest}`));
    },
  });
}

/**
 * Reads a JSON blob whose size and digest are right.
 * @throws `CORRUPT` naming the blob, and the field where it is not what the schema says
 */
export async function readJsonBlob<T extends z.ZodType>(
  layout: string,
  blob: Descriptor,
  schema: T,
): Promise<{ text: string; value: z.output<T> }> {
  if (blob.size > maxJsonBytes) {
    throw new PersistError(
      'CORRUPT',
      `the blob ${blob.digest} declares ${blob.size} bytes: a document has at most 4 MiB`,
    );
  }
  const chunks: Buffer[] = [];
  const stream = (await openBlob(layout, blob)).pipe(verifyDigest(`the blob ${blob.digest}`, blob.digest));
  for await (const chunk of stream) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { text, value: parseJson(text, `the blob ${blob.digest}`, schema) };
}

/** @throws `CORRUPT` naming `what`, and the field where it is not what the schema says */
export function parseJson<T extends z.ZodType>(text: string, what: string, schema: T): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PersistError('CORRUPT', `${what} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PersistError('CORRUPT', `${what}: ${issue?.path.join('.') || 'the document'}: ${issue?.message}`);
}

/** The file of a blob with a digest of the form `sha256:…`. */
export function blobPath(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}
