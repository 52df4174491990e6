import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Finding, PersistDriver } from '@sandkeep/persist-api';
import { expect, onTestFinished, test } from 'vitest';
import { openFsDriver } from '../src/index.js';
import { temporaryDirectory } from './temporary-directory.js';

const bytes = Buffer.from('x');

async function open(root = temporaryDirectory()) {
  const driver = await openFsDriver({ root, durability: 'process' });
  onTestFinished(() => driver.close());
  return { root, driver };
}

async function check(driver: PersistDriver, repair = false): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const finding of driver.check?.({ repair }) ?? []) findings.push(finding);
  return findings;
}

/** The id of an attempt whose process is gone. */
function goneAttempt(): string {
  const api = new URL('../../persist-api/dist/index.js', import.meta.url).href;
  const code = `console.log((await import(${JSON.stringify(api)})).newAttemptId())`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }).trim();
}

test('what dead processes left is found and removed, and what the living do is not', async () => {
  const { root, driver } = await open();
  await driver.write('a', bytes);
  const [staged, claimed] = [goneAttempt(), goneAttempt()];
  mkdirSync(join(root, '.sandkeep/staged', staged));
  writeFileSync(join(root, '.sandkeep/staged', staged, staged), 'x');
  mkdirSync(join(root, '.sandkeep/slots/00000000000000000000000000000000'));
  writeFileSync(join(root, '.sandkeep/slots/00000000000000000000000000000000', claimed), 'x');
  const found = await check(driver);
  expect(found.map(({ kind, subject, outcome }) => [kind, subject, outcome])).toEqual([
    ['left-over', join(root, '.sandkeep/staged', staged), 'mendable'],
    ['left-over', join(root, '.sandkeep/slots/00000000000000000000000000000000', claimed), 'mendable'],
  ]);
  expect(existsSync(join(root, '.sandkeep/staged', staged))).toBe(true);
  expect(await check(driver, true)).toEqual(found.map((finding) => ({ ...finding, outcome: 'mended' })));
  expect(existsSync(join(root, '.sandkeep/staged', staged))).toBe(false);
  expect(await check(driver)).toEqual([]);
  expect((await driver.read('a'))?.data).toEqual(bytes);
});

test('what stands in the place of documents is told, and left', async () => {
  const { root, driver } = await open();
  await driver.write('box/a', bytes);
  symlinkSync(join(root, 'box/a.json'), join(root, 'box/linked.json'));
  symlinkSync(join(root, 'box'), join(root, 'also'));
  mkdirSync(join(root, 'b.json'));
  writeFileSync(join(root, 'notes.txt'), 'for people');
  const found = await check(driver, true);
  expect(found.map(({ kind, subject, outcome }) => [kind, subject, outcome]).sort()).toEqual([
    ['no-document', join(root, 'also'), 'left'],
    ['no-document', join(root, 'b.json'), 'left'],
    ['no-document', join(root, 'box/linked.json'), 'left'],
  ]);
});

test.skipIf(!existsSync('/dev/shm'))(
  'the names of documents that are gone are found and removed, others stay',
  async () => {
    const base = mkdtempSync('/dev/shm/sandkeep-fs-');
    onTestFinished(() => rmSync(base, { recursive: true, force: true }));
    const { root, driver } = await open(base);
    const name = (key: string) => join(root, `.sandkeep/names/${key}.json`);
    for (const key of ['a', 'box/gone', 'box/kept', 'again']) await driver.write(key, bytes);
    await using _lock = await driver.lock('held');
    for (const key of ['box/gone', 'again']) rmSync(join(root, `${key}.json`)); // as a removal does that is killed then
    expect(await check(driver)).toEqual([]); // it could be the name of a document that is being made
    const long = new Date(Date.now() - 60_000);
    for (const key of ['a', 'box/gone', 'box/kept', 'again']) utimesSync(name(key), long, long);
    expect((await check(driver)).map(({ kind, subject }) => [kind, subject])).toEqual([
      ['stale-name', name('again')],
      ['stale-name', name('box/gone')],
    ]);
    await driver.write('again', bytes);
    expect(await check(driver, true)).toMatchObject([{ subject: name('box/gone'), outcome: 'mended' }]);
    expect(existsSync(name('box/gone'))).toBe(false);
    for (const key of ['a', 'box/kept', 'again']) expect(existsSync(name(key))).toBe(true);
    expect(await check(driver)).toEqual([]);
  },
);

test('a root that is gone is an error, and not a sound store', async () => {
  const { root, driver } = await open();
  renameSync(root, `${root}-away`);
  onTestFinished(() => rmSync(`${root}-away`, { recursive: true }));
  await expect(check(driver)).rejects.toMatchObject({ code: 'UNAVAILABLE', operation: 'check' });
});
