import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { isPersistError, memoryDriver, transferDocuments } from '@sandkeep/persist-api';
import { afterAll, expect, it } from 'vitest';
import { ArchiveFile } from '../../src/backup/archive-file.js';
import { archivePath, keyOfArchivePath } from '../../src/backup/archive-path.js';
import { type ArchiveOutput, ArchiveWriter } from '../../src/backup/archive-writer.js';
import { digests, entry, replaced, without } from './tar-surgery.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const signal = new AbortController().signal;
const createdAt = '2026-01-31T12:00:00.000Z';

const root = mkdtempSync(join(tmpdir(), 'sandkeep-archive-'));
const path = join(root, 'backup.tar.gz');
afterAll(() => rmSync(root, { recursive: true }));

/** The archive that `fill` makes, whole. */
async function archiveOf(fill: (writer: ArchiveWriter) => Promise<unknown>, missing: string[] = []): Promise<Buffer> {
  let archive = Buffer.alloc(0);
  const output: ArchiveOutput = async (chunks) => {
    archive = await buffer(chunks);
  };
  const writer = await ArchiveWriter.begin(output, { createdAt, driver: 'memory' });
  await fill(writer);
  await writer.end(missing);
  return archive;
}

/** What a restore takes from an archive, and what the archive says of itself. */
async function read(archive: Uint8Array) {
  await writeFile(path, archive);
  await using file = await ArchiveFile.open(path);
  let entries = 0;
  const facts = await file.check(signal, () => (entries += 1));
  const documents: Record<string, string> = {};
  for await (const { key, data } of file.documents(facts, signal)) {
    expect(documents, 'each document comes once').not.toHaveProperty([key]);
    documents[key] = Buffer.from(data).toString('latin1');
  }
  expect(facts.entries).toBe(entries);
  return { facts, documents };
}

it.each([
  ['a', 'documents/a.json'],
  ['a/b', 'documents/a/b.json'],
  ['a.json', 'documents/a.json.json'],
  ['a.json/b', 'documents/a.json~/b.json'],
  ['default/sandboxes/web', 'documents/default/sandboxes/web.json'],
])('the document %s is at %s', (key, path) => {
  expect(archivePath(key)).toBe(path);
  expect(keyOfArchivePath(path)).toBe(key);
});

it.each([
  'documents/../x.json',
  'documents/a.json/b.json',
  'documents/a~/b.json',
  'documents/.json',
  'x.json',
  'documents/a',
])('no document is at %s', (path) => expect(keyOfArchivePath(path)).toBeUndefined());

it('gives back every document, byte for byte', async () => {
  const longest = `${'d'.repeat(200)}/${'e'.repeat(200)}/${'f'.repeat(240)}`;
  const all: Record<string, string> = {
    empty: '',
    'a/b': '\u0000ÿ',
    [longest]: 'x',
    'a.json/b': 'y',
    big: 'z'.repeat(70_000),
  };
  const archive = await archiveOf(
    async (writer) => {
      for (const [key, text] of Object.entries(all)) {
        expect(await writer.put(key, Buffer.from(text, 'latin1'), undefined)).toMatchObject({ outcome: 'written' });
      }
    },
    ['lost'],
  );
  const { facts, documents } = await read(archive);
  expect(documents).toEqual(all);
  expect(facts).toMatchObject({
    format: 'sandkeep-backup',
    version: 1,
    createdAt,
    driver: 'memory',
    missing: ['lost'],
  });
});

it('of what changed while it was made, the latest holds', async () => {
  const from = memoryDriver();
  for (const key of ['a', 'b', 'c', 'd', 'z']) await from.write(key, bytes('1'));
  const archive = await archiveOf(async (writer) => {
    let compares = false;
    const onLook = (pass: string) => {
      compares ||= pass === 'compare';
    };
    const found: string[] = [];
    for await (const { key, outcome, again } of transferDocuments(from, writer, { concurrency: 1, onLook })) {
      found.push(`${key} ${outcome}${again ? ' again' : ''}`);
      if (compares || key !== 'z') continue;
      await from.write('a', bytes('2'));
      await from.remove('b');
      await from.write('c', bytes('1'));
      await from.write('new', bytes('1'));
    }
    expect(found.slice(5)).toEqual(['a replaced again', 'c unchanged again', 'new written again', 'b removed again']);
  });
  const { facts, documents } = await read(archive);
  expect(documents).toEqual({ a: '2', c: '1', d: '1', new: '1', z: '1' });
  expect(facts).toMatchObject({ entries: 7, replaced: ['a'], removed: ['b'] });
});

const fiveDocuments = () =>
  archiveOf(async (writer) => {
    for (const key of ['a', 'b', 'c', 'd', 'e']) await writer.put(key, bytes(`text of ${key}`), undefined);
  });

it('every truncation is found before anything is given back as whole', async () => {
  const archive = await fiveDocuments();
  for (let length = 0; length < archive.length; length += 1) {
    await expect(read(archive.subarray(0, length)), `cut to ${length} bytes`).rejects.toSatisfy((error) =>
      isPersistError(error, 'CORRUPT'),
    );
  }
});

it('every flipped bit is found, unless it makes no difference to gzip', async () => {
  const archive = await fiveDocuments();
  const whole = gunzipSync(archive);
  for (let index = 0; index < archive.length; index += 1) {
    const flipped = Buffer.from(archive);
    flipped[index] = (flipped[index] as number) ^ (1 << (index % 8));
    const error = await read(flipped).then(
      () => undefined,
      (reason) => reason,
    );
    if (error === undefined) expect(gunzipSync(flipped).equals(whole), `bit of byte ${index}`).toBe(true);
    else expect(isPersistError(error, 'CORRUPT'), `byte ${index}: ${error}`).toBe(true);
  }
});

it.each([
  ['an entry is left out', (tar: Buffer) => without(tar, 'documents/c.json')],
  ['an entry is doubled', (tar: Buffer) => Buffer.concat([entry(tar, 'documents/c.json'), tar])],
  ['the end is left out', (tar: Buffer) => without(tar, 'sandkeep-backup-end.json')],
  ['the start is left out', (tar: Buffer) => without(tar, 'sandkeep-backup.json')],
  ['a document is changed', (tar: Buffer) => replaced(tar, 'text of c', 'text of x')],
  ['a document has another name', (tar: Buffer) => replaced(tar, 'path=documents/c', 'path=documents/x')],
  ['a digest is changed', (tar: Buffer) => replaced(tar, 'comment=sha256:', 'comment=sha255:')],
])('an archive that was written anew, so that gzip finds nothing wrong: %s', async (_, change) => {
  const archive = await fiveDocuments();
  await expect(read(gzipSync(change(gunzipSync(archive))))).rejects.toMatchObject({ code: 'CORRUPT' });
});

it('an archive of a newer format is refused as such, and one that is none as what it is', async () => {
  const newer = replaced(gunzipSync(await fiveDocuments()), '"version":1', '"version":2');
  const { recorded, actual } = digests(newer, 'sandkeep-backup.json');
  await expect(read(gzipSync(replaced(newer, recorded, actual)))).rejects.toMatchObject({
    code: 'FORMAT_UNSUPPORTED',
    message: expect.stringContaining('it has format 2: this version reads format 1'),
  });
  for (const other of [Buffer.alloc(0), Buffer.from('plain text'), gzipSync('plain text'), gzipSync('')]) {
    await expect(read(other)).rejects.toMatchObject({
      code: 'CORRUPT',
      message: expect.stringContaining('or no backup'),
    });
  }
});

it('names a file that cannot be opened', async () => {
  const missing = join(root, 'nope');
  const message = `there is no file ${missing}`;
  await expect(ArchiveFile.open(missing)).rejects.toMatchObject({ code: 'NOT_FOUND', message });
});

it('an output that fails ends it with its error', async () => {
  const output: ArchiveOutput = async (chunks) => {
    for await (const _ of chunks) throw new Error('the disk is full');
  };
  const writer = await ArchiveWriter.begin(output, { createdAt, driver: 'memory' });
  const all = async () => {
    for (let index = 0; index < 1000; index += 1) await writer.put(`d${index}`, Buffer.alloc(50_000, index), undefined);
    await writer.end([]);
  };
  await expect(all()).rejects.toThrow('the disk is full');
  await writer.discard();
});
