import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDriver, type PersistDriver } from '@sandkeep/persist-api';
import { open } from 'lmdb';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLmdbDriver } from '../src/index.js';

const bytes = (text: string) => new TextEncoder().encode(text);

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'sandkeep-lmdb-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function openStore(root = directory()) {
  const driver = await openLmdbDriver({ root });
  onTestFinished(() => driver.close());
  return { root, driver };
}

/** The environment as LMDB itself sees it. */
function openRaw(root: string) {
  const layout = { encoding: 'binary', keyEncoding: 'binary', useVersions: true, noSubdir: false } as const;
  const db = open<Buffer, Uint8Array>({ path: root, ...layout, overlappingSync: false });
  onTestFinished(() => db.close());
  return db;
}

async function keysOf(driver: PersistDriver, prefix = '', after?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of driver.list(prefix, { after })) keys.push(key);
  return keys;
}

describe('opening', () => {
  test('a missing root is an error and makes nothing; with create it is made, for its owner alone', async () => {
    const parent = directory();
    const root = join(parent, 'a.b/c');
    const refusal = { code: 'NOT_FOUND', driver: 'lmdb', operation: 'open' };
    await expect(openLmdbDriver({ root })).rejects.toMatchObject(refusal);
    expect(await readdir(parent)).toEqual([]);
    await using _driver = await openLmdbDriver({ root, create: true });
    expect((await stat(root)).mode & 0o777).toBe(0o700);
    expect((await readdir(root)).sort()).toEqual(['data.mdb', 'lock.mdb']);
    for (const file of ['data.mdb', 'lock.mdb']) expect((await stat(join(root, file))).mode & 0o777).toBe(0o600);
  });

  test('a URL has an absolute path and takes options as its query', async () => {
    const root = join(directory(), 'with space');
    const url = `lmdb://${root.replace(' ', '%20')}`;
    await expect(openDriver(url)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await using driver = await openDriver(`${url}?create=true`);
    await driver.write('a', bytes('a'));
    expect(await readdir(root)).toContain('data.mdb');
    for (const wrong of ['lmdb:state', 'lmdb://host/state', 'lmdb:/state']) {
      await expect(openDriver(wrong), wrong).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
  });

  test.each([
    [{ root: '' }, /"root"/],
    [{ root: 'a\0b' }, /"root"/],
    [{ root: 'a', creat: true }, /"creat".*"create"/],
    [{}, /"root" is missing/],
  ])('the options %j are refused', async (options, message) => {
    const refusal = openLmdbDriver(options as { root: string });
    await expect(refusal).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) });
  });

  test('what is no store is refused and left as it is', async () => {
    const file = join(directory(), 'file');
    await writeFile(file, 'text');
    const files = directory();
    await writeFile(join(files, 'notes.txt'), 'text');
    const garbage = directory();
    await writeFile(join(garbage, 'data.mdb'), 'text '.repeat(4000));
    const foreign = directory();
    await openRaw(foreign).put(Buffer.from('theirs'), Buffer.from('value'), 1);
    const newer = directory();
    await openRaw(newer).put(Buffer.from('sandkeep'), Buffer.from('{"sandkeep-lmdb":2}'), 1);

    await expect(openLmdbDriver({ root: file, create: true })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(openLmdbDriver({ root: file })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    for (const root of [files, garbage, foreign, newer]) {
      await expect(openLmdbDriver({ root, create: true })).rejects.toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
    }
    expect(await readdir(files)).toEqual(['notes.txt']);
    expect(await readFile(join(garbage, 'data.mdb'), 'utf8')).toBe('text '.repeat(4000));
    expect([...openRaw(foreign).getKeys()].map(String)).toEqual(['theirs']);
    expect(String(openRaw(newer).getBinary(Buffer.from('sandkeep')))).toBe('{"sandkeep-lmdb":2}');
  });
});

describe('a data file that is damaged at its head', () => {
  const pageBytes = 4096;
  const damages: Record<string, (data: Buffer) => Buffer> = {
    'cut off in its first page': (data) => data.subarray(0, 100),
    'cut off in its second page': (data) => data.subarray(0, pageBytes + 100),
    'cut off behind its head': (data) => data.subarray(0, 2 * pageBytes),
    'all zeros': (data) => Buffer.alloc(data.length),
    'of no page size': (data) => flip(data, 49),
    'without its root page': (data) => flip(flip(data, 139), pageBytes + 139),
  };

  test.each(Object.entries(damages))('%s is refused, where LMDB would end the process', async (_, damage) => {
    const root = directory();
    {
      await using driver = await openLmdbDriver({ root });
      for (const key of ['a', 'b', 'c']) await driver.write(key, new Uint8Array(5000));
    }
    const file = join(root, 'data.mdb');
    await writeFile(file, damage(await readFile(file)));
    await expect(openLmdbDriver({ root })).rejects.toMatchObject({
      code: expect.stringMatching(/CORRUPT|FORMAT_UNSUPPORTED/),
    });
  });

  test('documents with a flipped bit are CORRUPT; all others can be read and listed', async () => {
    const root = directory();
    const text = (n: number) => `document ${n}, `.repeat(400);
    const names = Array.from({ length: 20 }, (_, n) => `d${n}`);
    {
      await using driver = await openLmdbDriver({ root });
      for (const [n, name] of names.entries()) await driver.write(name, bytes(text(n)));
    }
    const file = join(root, 'data.mdb');
    const data = await readFile(file);
    for (const n of [3, 7]) flip(data, data.lastIndexOf(text(n)) + 3000);
    await writeFile(file, data);
    await using driver = await openLmdbDriver({ root });
    expect(await keysOf(driver)).toEqual(names.sort());
    for (const [n] of names.entries()) {
      const read = driver.read(`d${n}`);
      if (n === 3 || n === 7) await expect(read).rejects.toMatchObject({ code: 'CORRUPT' });
      else expect(Buffer.from((await read)?.data ?? []).toString()).toBe(text(n));
    }
    await driver.write('d3', bytes('mended'));
    expect(String((await driver.read('d3'))?.data)).toBe('mended');
  });
});

function flip(data: Buffer, at: number): Buffer {
  data[at] = (data[at] ?? 0) ^ 16;
  return data;
}

describe('versions', () => {
  test('never repeat, whoever writes, also after a removal and after opening again', async () => {
    const { root, driver } = await openStore();
    const peer = await openLmdbDriver({ root });
    const versions = new Set<string>();
    for (let round = 0; round < 5; round++) {
      for (const instance of [driver, peer]) {
        versions.add(await instance.write('a', bytes('the same')));
        await instance.remove('a');
      }
    }
    await peer.close();
    for (let round = 0; round < 5; round++) {
      await using next = await openLmdbDriver({ root });
      versions.add(await next.write('a', bytes('the same')));
    }
    expect(versions.size).toBe(15);
  });

  test.each(['1', '01', ' 65537', '65537 ', '0x10001', '6.5537e4', '65537n', 'NaN', 'Infinity', '-1', 'garbage'])(
    'the version %j is not taken for another one',
    async (expect_) => {
      const { driver } = await openStore();
      const version = await driver.write('a', bytes('one'));
      expect(version).toBe('65537');
      const conflict = { code: 'CONFLICT', currentVersion: version };
      await expect(driver.write('a', bytes('two'), { expect: expect_ })).rejects.toMatchObject(conflict);
      await expect(driver.remove('a', { expect: expect_ })).rejects.toMatchObject(conflict);
      await expect(driver.write('b', bytes('two'), { expect: expect_ })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await driver.read('a')).toMatchObject({ version });
    },
  );

  test('a document that is stored under another version than its own is CORRUPT', async () => {
    const { root, driver } = await openStore();
    const version = await driver.write('a', bytes('one'));
    const raw = openRaw(root);
    await raw.put(Buffer.from('da'), raw.getBinary(Buffer.from('da')) as Buffer, Number(version) + 1);
    await expect(driver.read('a')).rejects.toMatchObject({ code: 'CORRUPT', key: 'a' });
  });
});

describe('writing', () => {
  test('64 writers at once share their commits', async () => {
    const { root, driver } = await openStore();
    const commits = () => (openRaw(root).getStats() as { lastTxnId: number }).lastTxnId;
    await driver.write('first', bytes('takes the versions'));
    const before = commits();
    await Promise.all(Array.from({ length: 64 }, (_, n) => driver.write(`w${n}`, bytes(`${n}`))));
    expect(commits() - before).toBeLessThan(16);
    expect(await keysOf(driver)).toHaveLength(65);
  });

  test('the map grows with the documents, also for an instance that was open before', async () => {
    const { root, driver } = await openStore();
    await using peer = await openLmdbDriver({ root });
    const data = new Uint8Array(3 * 1024 * 1024).fill(7);
    for (let n = 0; n < 12; n++) {
      await driver.write(`big/${n}`, data);
      expect((await peer.read(`big/${n}`))?.data.byteLength).toBe(data.byteLength);
    }
    expect((await stat(join(root, 'data.mdb'))).size).toBeGreaterThan(36 * 1024 * 1024);
    for (let n = 0; n < 12; n++) await peer.remove(`big/${n}`);
    for (let n = 0; n < 12; n++) await peer.write(`again/${n}`, data);
    expect((await stat(join(root, 'data.mdb'))).size, 'the pages of what is removed are used again').toBeLessThan(
      60 * 1024 * 1024,
    );
  });

  test('a store that was moved away is UNAVAILABLE, and usable again once it is back', async () => {
    const { root, driver } = await openStore();
    await driver.write('a', bytes('one'));
    await rename(join(root, 'data.mdb'), join(root, 'away.mdb'));
    await expect(driver.write('a', bytes('two'))).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    await expect(driver.read('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(keysOf(driver)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await driver.health()).toMatchObject({ status: 'unavailable' });
    await writeFile(join(root, 'data.mdb'), '');
    await expect(driver.write('a', bytes('two'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await rename(join(root, 'away.mdb'), join(root, 'data.mdb'));
    expect(String(await driver.read('a').then((document) => document?.data))).toBe('one');
    expect(await driver.health()).toMatchObject({ status: expect.stringMatching(/ok|at-risk/), facts: { root } });
  });
});

test('a listing over several batches misses nothing that stays', async () => {
  const { driver } = await openStore();
  const names = Array.from({ length: 1500 }, (_, n) => `a/${String(n).padStart(4, '0')}`);
  await Promise.all(names.map((name) => driver.write(name, bytes(name))));
  await Promise.all(['a', 'a-b', 'a.b', 'a0', 'b'].map((name) => driver.write(name, bytes(name))));
  expect(await keysOf(driver, 'a')).toEqual(names);
  expect(await keysOf(driver, 'a', 'a/0499')).toEqual(names.slice(500));
  expect(await keysOf(driver, 'a', 'a/0499x')).toEqual(names.slice(500));
  expect(await keysOf(driver, 'a', 'b')).toEqual([]);
  expect(await keysOf(driver, '', 'a.b')).toEqual([...names, 'a0', 'b']);

  const seen: string[] = [];
  for await (const name of driver.list('a')) {
    seen.push(name);
    // The key that the next batch starts after is removed, too.
    if (seen.length % 500 === 0) await driver.remove(name);
  }
  expect(seen).toEqual(names);
});

test('a directory that may not be read is PERMISSION_DENIED', async ({ skip }) => {
  if (process.getuid?.() === 0) skip('root may read everything: a refused directory is not verified');
  const root = join(directory(), 'closed');
  await mkdir(root);
  await chmod(root, 0);
  await expect(openLmdbDriver({ root })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
});
