import { closeSync, constants, fstatSync, lstatSync, openSync, read, readSync } from 'node:fs';
import {
  type Document,
  decodeDocument,
  decodeHeader,
  maxHeaderBytes,
  PersistError,
  type Version,
} from '@sandkeep/persist-api';
import { errnoOf, fromErrno } from './errors.js';

/** Larger files than this are read in the thread pool; for smaller ones the trip costs more. */
const synchronousBytes = 256 * 1024;
/** Never follow a link, never wait for the other end of a FIFO. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const scratch = Buffer.allocUnsafeSlow(synchronousBytes);

/**
 * Reads a document: one open, one read.
 * @returns undefined if there is no such file
 * @throws `CORRUPT`, `FORMAT_UNSUPPORTED` naming the file
 */
export async function readDocument(path: string): Promise<Document | undefined> {
  const file = open(path);
  if (file === undefined) return undefined;
  try {
    const bytes = readSync(file, scratch, 0, scratch.byteLength, 0);
    const whole = bytes < scratch.byteLength ? copyOf(scratch.subarray(0, bytes)) : await readLarge(file);
    return decodeDocument(whole);
  } catch (error) {
    throw inFile(error, path);
  } finally {
    closeSync(file);
  }
}

/**
 * The version of the document, from its header alone.
 * @returns undefined if there is no such file
 * @throws `CORRUPT` if the header is damaged
 */
export function readVersion(path: string): Version | undefined {
  const file = open(path);
  if (file === undefined) return undefined;
  try {
    const bytes = readSync(file, scratch, 0, maxHeaderBytes, 0);
    return decodeHeader(scratch.subarray(0, bytes)).version;
  } catch (error) {
    throw inFile(error, path);
  } finally {
    closeSync(file);
  }
}

/** Whether something stands at `path`, be it damaged or a link. */
export function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function open(path: string): number | undefined {
  try {
    return openSync(path, openFlags);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw fromErrno(error, path);
  }
}

function copyOf(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.byteLength);
  copy.set(bytes);
  return copy;
}

/** Reads a file of which {@link scratch} holds the beginning. */
async function readLarge(file: number): Promise<Buffer> {
  const { size } = fstatSync(file);
  const { headerBytes, length } = decodeHeader(scratch);
  if (size !== headerBytes + length) {
    throw new PersistError(
      'CORRUPT',
      `the document is damaged: it should have ${headerBytes + length} bytes, not ${size}`,
    );
  }
  const whole = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < whole.byteLength) {
    const bytes = await readInPool(file, whole, filled);
    if (bytes === 0) break;
    filled += bytes;
  }
  return whole.subarray(0, filled);
}

function readInPool(file: number, buffer: Buffer, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, buffer, offset, buffer.byteLength - offset, offset, (error, bytes) =>
      error === null ? resolve(bytes) : reject(error),
    );
  });
}

function inFile(error: unknown, path: string): unknown {
  if (error instanceof PersistError) {
    return new PersistError(error.code, `${path}: ${error.message}`, { cause: error });
  }
  return fromErrno(error, path);
}
