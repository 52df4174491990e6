import { promisify } from 'node:util';
import { deflate, deflateSync, inflate, inflateSync } from 'node:zlib';
import { PersistError } from '../persist-error.js';
import { hasMarker, markerBytes, markers } from './document-marker.js';

/**
 * How a compressed document is laid out. Numbers are bytes.
 *
 *     4  D3 53 4B 5A
 *     1  the version of this format: 1
 *     1  0: the document follows as it is; 1: it follows in the zlib format (RFC 1950, with its Adler-32)
 *     6  the length of the document, most significant byte first
 *     …
 */
const format = 1;
const asItIs = 0;
const zlib = 1;
const lengthBytes = 6;
const headBytes = markerBytes + 2 + lengthBytes;

/** How many bytes the stored form has more, at most: a document that does not get smaller is stored as it is. */
export const compressedOverhead = headBytes;

/** Of shorter ones there is nothing to gain. */
const minBytes = 128;
/** Longer ones are compressed in the thread pool. */
const maxSyncBytes = 64 * 1024;

/** On sandboxes, higher levels take longer and save little; see docs/configuration.md. */
const level = 1;

/** Compresses a document. Not to be changed before the promise, if it gives one, is settled. */
export function compressDocument(data: Uint8Array): Buffer | Promise<Buffer> {
  if (data.byteLength < minBytes) return assemble(asItIs, data, data);
  const smaller = (packed: Buffer) =>
    packed.byteLength < data.byteLength ? assemble(zlib, data, packed) : assemble(asItIs, data, data);
  if (data.byteLength <= maxSyncBytes) return smaller(deflateSync(data, { level }));
  return promisify<Uint8Array, { level: number }, Buffer>(deflate)(data, { level }).then(smaller);
}

/**
 * Gives the document back. One without the marker is from before compression was switched on, and is given as it is.
 * @param maxBytes one that claims to be longer is not even begun with
 * @throws `CORRUPT` if it is damaged; `FORMAT_UNSUPPORTED` if it is in a newer format
 */
export async function decompressDocument(stored: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  if (!hasMarker(stored, 'compressed')) return stored;
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (bytes.byteLength < headBytes) throw corrupt('its compression header is not whole');
  const [version, method] = [bytes[markerBytes], bytes[markerBytes + 1]];
  if (version !== format || (method !== asItIs && method !== zlib)) {
    throw new PersistError(
      'FORMAT_UNSUPPORTED',
      `the document is compressed in format ${version}, method ${method}: expected format ${format}, method 0 or 1`,
    );
  }
  const length = bytes.readUIntBE(markerBytes + 2, lengthBytes);
  if (length > maxBytes) throw corrupt(`it claims to have ${length} bytes, of ${maxBytes} at most`);
  const packed = bytes.subarray(headBytes);
  const data = method === asItIs ? packed : await decompress(packed, length);
  if (data.byteLength !== length) throw corrupt(`it has ${data.byteLength} bytes, and claims ${length}`);
  return data;
}

async function decompress(packed: Buffer, length: number): Promise<Buffer> {
  const options = { maxOutputLength: Math.max(1, length) };
  try {
    if (length <= maxSyncBytes) return inflateSync(packed, options);
    return await promisify<Buffer, typeof options, Buffer>(inflate)(packed, options);
  } catch (error) {
    throw corrupt(`it cannot be decompressed: ${(error as Error).message}`);
  }
}

function assemble(method: number, { byteLength }: Uint8Array, content: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes);
  markers.compressed.copy(head);
  head[markerBytes] = format;
  head[markerBytes + 1] = method;
  head.writeUIntBE(byteLength, markerBytes + 2, lengthBytes);
  return Buffer.concat([head, content]);
}

function corrupt(reason: string): PersistError {
  return new PersistError('CORRUPT', `the document is damaged: ${reason}`);
}
