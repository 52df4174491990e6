import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HeldFile } from '../../src/directory/held-file.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sandkeep-held-'));
  path = join(directory, 'data');
  writeFileSync(path, '');
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Until the last change of the directory is so long ago that its time tells of the next one. */
async function untilOld(): Promise<void> {
  while (Date.now() - statSync(directory).ctimeMs < 200) await turn();
}

test('a file that stays is present, whatever else happens in its directory', async () => {
  const file = new HeldFile(path);
  for (let index = 0; index < 3; index += 1) {
    expect(() => file.assertPresent()).not.toThrow();
    await turn();
    writeFileSync(join(directory, `other-${index}`), '');
    writeFileSync(path, 'more');
  }
});

test.each([
  ['removed', () => rmSync(path)],
  [
    'replaced',
    () => {
      writeFileSync(`${path}.new`, '');
      renameSync(`${path}.new`, path);
    },
  ],
])('one that is %s is not, be it new or seen before', async (_, change) => {
  const fresh = new HeldFile(path);
  change();
  expect(() => fresh.assertPresent()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));

  writeFileSync(path, '');
  const [soon, later] = [new HeldFile(path), new HeldFile(path)];
  for (const known of [soon, later]) known.assertPresent();
  await untilOld();
  for (const known of [soon, later]) known.assertPresent();
  await turn();
  change();
  expect(() => soon.assertPresent()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  await untilOld();
  expect(() => later.assertPresent()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
});

test.each([
  ['from the start', true],
  ['since it was moved', false],
])('one that is elsewhere, behind a link, %s, is gone when it is replaced there', async (_, fromTheStart) => {
  const elsewhere = join(directory, 'elsewhere');
  mkdirSync(elsewhere);
  const target = join(elsewhere, 'data');
  const move = () => {
    renameSync(path, target);
    symlinkSync(target, path);
  };
  if (fromTheStart) move();
  const file = new HeldFile(path);
  if (!fromTheStart) move();
  await untilOld();
  file.assertPresent();
  await turn();
  writeFileSync(`${target}.new`, '');
  renameSync(`${target}.new`, target);
  expect(() => file.assertPresent()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
});

test('the directory that holds it is gone', async () => {
  const file = new HeldFile(path);
  renameSync(directory, `${directory}.away`);
  expect(() => file.assertPresent()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  renameSync(`${directory}.away`, directory);
  expect(() => file.assertPresent()).not.toThrow();
});
