import { crc32 } from 'node:zlib';
import { giveBuffer, takeBuffer } from './buffer-pool.js';
import type { Document, Version } from './driver/document.js';
import { PersistError } from './persist-error.js';

/**
 * How a document is laid out in a file or an object: one line of JSON, then the document's own bytes.
 *
 *     {"sandkeep":1,"version":"01h…","length":2345,"crc32":"0a1b2c3d"}\n
 *
 * `length` is that of the bytes after the line, `crc32` (ISO 3309, as in gzip; eight lower-case hex
 * digits) covers the line up to the checksum itself and those bytes, so that any flipped bit, in the
 * line too, is found. The line has no other form: no spaces, no other order.
 */
const layout = 1;
const header =
  /^\{"sandkeep":(0|[1-9]\d{0,5}),"version":"([0-9A-Za-z_-]{1,128})","length":(0|[1-9]\d{0,14}),"crc32":"([0-9a-f]{8})"\}\n$/;
const newline = 0x0a;

/** No header line is longer. */
export const maxHeaderBytes = 256;

/** What the header line says. */
export interface DocumentHeader {
  readonly version: Version;
  /** Bytes of the header line, its newline included. */
  readonly headerBytes: number;
  /** Bytes of the document. */
  readonly length: number;
}

/**
 * The header line for `data`, to be followed by `data` itself.
 * @param version one to 128 characters of `[0-9A-Za-z_-]`
 */
export function encodeHeader(version: Version, data: Uint8Array): Buffer {
  const start = `{"sandkeep":${layout},"version":"${version}","length":${data.byteLength},"crc32":"`;
  return Buffer.from(`${start}${checksum(start, data)}"}\n`, 'latin1');
}

/** A document that was copied and waits for its version. */
export class DocumentDraft {
  readonly #memory: Buffer<ArrayBuffer>;

  /** @param data is copied at once */
  constructor(data: Uint8Array) {
    this.#memory = takeBuffer(maxHeaderBytes + data.byteLength);
    this.#memory.set(data, maxHeaderBytes);
  }

  /** The whole document: its header line, and its bytes. */
  encode(version: Version): Buffer {
    const header = encodeHeader(version, this.#memory.subarray(maxHeaderBytes));
    const start = maxHeaderBytes - header.byteLength;
    this.#memory.set(header, start);
    return this.#memory.subarray(start);
  }

  /** Nobody looks at what {@link encode} gave any more: its memory is used again. */
  recycle(): void {
    giveBuffer(this.#memory);
  }
}

/**
 * Reads the header line at the start of `bytes`, which may be cut off after {@link maxHeaderBytes}.
 * It does not check the document's bytes.
 * @throws `CORRUPT` if there is no such line
 */
export function decodeHeader(bytes: Buffer): DocumentHeader {
  const { version, length, headerBytes } = parseHeader(bytes);
  return { version, length, headerBytes };
}

/**
 * Reads a whole document and checks its length and checksum.
 * @returns the document; its data is a view of `bytes`
 * @throws `CORRUPT` if anything is damaged; `FORMAT_UNSUPPORTED` if it is whole, but of another layout
 */
export function decodeDocument(bytes: Buffer): Document {
  const found = parseHeader(bytes);
  const data = bytes.subarray(found.headerBytes);
  if (data.byteLength !== found.length) {
    throw corrupt(`its header announces ${found.length} bytes, but ${data.byteLength} follow`);
  }
  if (checksum(found.start, data) !== found.crc32) throw corrupt('its checksum does not match');
  if (found.layout !== layout) {
    throw new PersistError(
      'FORMAT_UNSUPPORTED',
      `document layout ${found.layout} is not known: this version reads layout ${layout}`,
    );
  }
  return { data, version: found.version };
}

function parseHeader(bytes: Buffer) {
  const end = bytes.subarray(0, maxHeaderBytes).indexOf(newline);
  const line = bytes.toString('latin1', 0, end + 1);
  const match = header.exec(line);
  if (match === null)
    throw corrupt(bytes.byteLength === 0 ? 'it is empty' : 'it does not begin with a document header');
  const [, foundLayout = '', version = '', length = '', crc = ''] = match;
  const start = line.slice(0, line.length - crc.length - '"}\n'.length);
  return { layout: Number(foundLayout), version, length: Number(length), crc32: crc, start, headerBytes: line.length };
}

function checksum(start: string, data: Uint8Array): string {
  const ofStart = crc32(start);
  // Of no bytes at a null pointer, Node's crc32 is 0.
  const whole = data.byteLength === 0 ? ofStart : crc32(data, ofStart);
  return whole.toString(16).padStart(8, '0');
}

function corrupt(reason: string): PersistError {
  return new PersistError('CORRUPT', `the document is damaged: ${reason}`);
}
