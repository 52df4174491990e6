import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { PersistError } from '@sandkeep/persist-api';
import tar from 'tar-stream';
import {
  type ArchiveEnd,
  type ArchiveStart,
  archiveVersion,
  digestPrefix,
  endName,
  startName,
} from './archive-format.js';
import { keyOfArchivePath } from './archive-path.js';
import { RunningDigest, sha256 } from './running-digest.js';

export interface ArchivedDocument {
  readonly key: string;
  readonly data: Uint8Array;
}

/** What an archive says of itself. */
export interface ArchiveFacts extends ArchiveStart, ArchiveEnd {}

/**
 * Reads a backup from its start to its end. Each document is checked against its digest before it is yielded; that
 * the archive is whole is known only when it returns.
 * @param file is left open
 * @throws `CORRUPT` if anything is damaged or missing, or it is no backup; `FORMAT_UNSUPPORTED` if it is of a
 *   newer format; the reason of the signal
 */
export async function* readArchive(
  file: FileHandle,
  signal?: AbortSignal,
): AsyncGenerator<ArchivedDocument, ArchiveFacts, undefined> {
  let start: ArchiveStart | undefined;
  let end: ArchiveEnd | undefined;
  let entries = 0;
  const digest = new RunningDigest();
  for await (const { path, data, comment } of readEntries(file, signal)) {
    if (end !== undefined) throw damaged(`there is an entry after its end: ${path}`);
    if (path === endName) {
      end = parse<ArchiveEnd>(path, data);
      continue;
    }
    const found = sha256(data);
    if (comment !== `${digestPrefix}${found}`) throw damaged(`the digest of ${path} does not match`);
    digest.add(path, found);
    if (start === undefined) {
      start = checkStart(path, data);
      continue;
    }
    const key = keyOfArchivePath(path);
    if (key === undefined) throw damaged(`it has an entry of unknown purpose: ${path}`);
    entries += 1;
    yield { key, data };
  }
  if (start === undefined) throw damaged('it is empty');
  if (end === undefined) throw damaged('its end is missing');
  if (end.entries !== entries) throw damaged(`it announces ${end.entries} documents, but has ${entries}`);
  if (end.sha256 !== digest.value()) throw damaged('its digest does not match');
  return { ...start, ...end };
}

interface Entry {
  readonly path: string;
  readonly data: Buffer;
  readonly comment: string | undefined;
}

async function* readEntries(file: FileHandle, signal: AbortSignal | undefined): AsyncGenerator<Entry> {
  const extract = tar.extract();
  let failure: unknown;
  const input = file.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1024 });
  const fed = pipeline(input, createGunzip(), extract, { signal }).catch((error) => {
    failure = error;
  });
  try {
    for await (const entry of extract) {
      const { name, type, size, pax } = entry.header;
      if (type !== 'file') throw damaged(`it has an entry that is no file: ${name}`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      const data = Buffer.concat(chunks);
      if (data.byteLength !== size) throw damaged(`${name} is cut off`);
      yield { path: name, data, comment: (pax as { comment?: string } | null)?.comment };
    }
    await fed;
    if (failure !== undefined) throw failure;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PersistError) throw error;
    throw damaged(((failure ?? error) as Error).message);
  } finally {
    extract.destroy();
    await fed;
  }
}

function checkStart(path: string, data: Buffer): ArchiveStart {
  const start = path === startName ? parse<ArchiveStart>(path, data) : undefined;
  if (start?.format !== 'sandkeep-backup') throw damaged(`it does not begin with ${startName}`);
  if (start.version === archiveVersion) return start;
  throw new PersistError(
    'FORMAT_UNSUPPORTED',
    `it has format ${start.version}: this version reads format ${archiveVersion}`,
  );
}

function parse<T>(path: string, data: Buffer): T {
  try {
    return JSON.parse(data.toString());
  } catch {
    throw damaged(`${path} is not JSON`);
  }
}

function damaged(problem: string): PersistError {
  return new PersistError('CORRUPT', `it is damaged, or no backup: ${problem}`);
}
