import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFsDriver } from '../src/index.js';
import { temporaryDirectory } from './temporary-directory.js';

test('a missing root is refused, and is not made', async () => {
  const root = join(temporaryDirectory(), 'missing');
  await expect(openFsDriver({ root })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining(root),
  });
  expect(existsSync(root)).toBe(false);
});

test('with create, the root and the directories above it are made, for their owner alone', async () => {
  const base = temporaryDirectory();
  const root = join(base, 'a/b/c');
  await using driver = await openFsDriver({ root, create: true });
  await driver.write('x/y', new Uint8Array(3));
  for (const path of ['a', 'a/b', 'a/b/c', 'a/b/c/x', 'a/b/c/.sandkeep', 'a/b/c/.sandkeep/staged']) {
    expect(statSync(join(base, path)).mode & 0o777, path).toBe(0o700);
  }
  for (const path of ['x/y.json', '.sandkeep/format.json']) {
    expect(statSync(join(root, path)).mode & 0o777, path).toBe(0o600);
  }
});

test('a directory that holds something else is refused and left as it is', async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'sbs'));
  await expect(openFsDriver({ root, create: true })).rejects.toMatchObject({
    code: 'FORMAT_UNSUPPORTED',
    message: expect.stringContaining('it holds sbs'),
  });
  expect(readdirSync(root)).toEqual(['sbs']);
});

test.each([
  ['{"format":"sandkeep-fs","version":2}', 'FORMAT_UNSUPPORTED', 'version 2'],
  ['{"format":"something","version":1}', 'FORMAT_UNSUPPORTED', 'something'],
  ['', 'CORRUPT', 'format.json'],
  ['{}', 'CORRUPT', 'format.json'],
])('a root marked %j is %s', async (marker, code, text) => {
  const root = temporaryDirectory();
  mkdirSync(join(root, '.sandkeep'));
  writeFileSync(join(root, '.sandkeep/format.json'), marker);
  await expect(openFsDriver({ root })).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
});

test('a root that is a file is refused', async () => {
  const root = join(temporaryDirectory(), 'file');
  writeFileSync(root, 'x');
  await expect(openFsDriver({ root })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(openFsDriver({ root: join(root, 'below'), create: true })).rejects.toMatchObject({ code: 'CORRUPT' });
});

test('a root of which only the beginning was made is completed', async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, '.sandkeep/staged'), { recursive: true });
  mkdirSync(join(root, 'lost+found'));
  await using driver = await openFsDriver({ root });
  expect(await driver.read('a')).toBeUndefined();
});

test('a root that vanishes is UNAVAILABLE, not empty', async () => {
  const root = temporaryDirectory();
  await using driver = await openFsDriver({ root });
  rmSync(root, { recursive: true });
  const gone = { code: 'UNAVAILABLE', message: expect.stringContaining(root) };
  await expect(driver.read('a')).rejects.toMatchObject(gone);
  await expect(driver.write('a', new Uint8Array())).rejects.toMatchObject(gone);
  await expect(driver.remove('a')).rejects.toMatchObject(gone);
  await expect(driver.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject(gone);
  expect((await driver.health()).status).toBe('unavailable');
});

test('the root itself may be reached by a link, its own directory may not', async () => {
  const base = temporaryDirectory();
  mkdirSync(join(base, 'real'));
  symlinkSync('real', join(base, 'link'));
  await using driver = await openFsDriver({ root: join(base, 'link') });
  await driver.write('a', new Uint8Array());
  expect(existsSync(join(base, 'real/a.json'))).toBe(true);

  mkdirSync(join(base, 'other'));
  symlinkSync(join(base, 'real/.sandkeep'), join(base, 'other/.sandkeep'));
  await expect(openFsDriver({ root: join(base, 'other') })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
});
