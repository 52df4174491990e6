import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PersistDriver } from '@sandkeep/persist-api';
import { processToken } from '@sandkeep/persist-api';
import { expect, onTestFinished, test } from 'vitest';
import { openFsDriver } from '../src/index.js';
import { findMount } from '../src/mount.js';
import { temporaryDirectory } from './temporary-directory.js';

const bytes = (text: string) => new TextEncoder().encode(text);

async function open(root = temporaryDirectory()) {
  const driver = await openFsDriver({ root });
  onTestFinished(() => driver.close());
  return { root, driver };
}

async function keysOf(driver: PersistDriver, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of driver.list(prefix)) keys.push(key);
  return keys;
}

test('a document is a file that jq reads: a header line, then its own bytes', async () => {
  const { root, driver } = await open();
  const version = await driver.write('box/a', bytes('{"x":1}\n'));
  const lines = readFileSync(join(root, 'box/a.json'), 'utf8').split('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ sandkeep: 1, version, length: 8 });
  expect(lines[1]).toBe('{"x":1}');
});

test('a damaged document is CORRUPT naming its file, is listed, and harms no other', async () => {
  const { root, driver } = await open();
  await driver.write('a', bytes('first'));
  const version = await driver.write('b', bytes('second'));
  const file = join(root, 'b.json');
  const whole = readFileSync(file);
  for (let length = 0; length < whole.byteLength; length++) {
    writeFileSync(file, whole.subarray(0, length));
    await expect(driver.read('b')).rejects.toMatchObject({
      code: 'CORRUPT',
      key: 'b',
      message: expect.stringContaining(file),
    });
  }
  for (const [index, byte] of whole.entries()) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = Buffer.from(whole);
      damaged[index] = byte ^ (1 << bit);
      writeFileSync(file, damaged);
      await expect(driver.read('b'), `bit ${bit} of byte ${index}`).rejects.toMatchObject({ code: 'CORRUPT' });
    }
  }
  writeFileSync(file, Buffer.concat([whole, Buffer.from('x')]));
  await expect(driver.read('b')).rejects.toMatchObject({ code: 'CORRUPT' });
  writeFileSync(file, Buffer.alloc(whole.byteLength));
  await expect(driver.read('b')).rejects.toMatchObject({ code: 'CORRUPT' });
  await expect(driver.write('b', bytes('x'), { expect: version })).rejects.toMatchObject({ code: 'CORRUPT' });
  await expect(driver.write('b', bytes('x'), { expect: 'absent' })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await keysOf(driver)).toEqual(['a', 'b']);
  expect(await driver.read('a')).toMatchObject({ data: Buffer.from('first') });
  await driver.write('b', bytes('mended'));
  expect(await driver.read('b')).toMatchObject({ data: Buffer.from('mended') });
});

test('a link is never followed, neither to read nor to write nor to list', async () => {
  const { root, driver } = await open();
  const outside = temporaryDirectory();
  await driver.write('box/a', bytes('inside'));
  writeFileSync(join(outside, 'target.json'), readFileSync(join(root, 'box/a.json')));
  symlinkSync(outside, join(root, 'dir'));
  symlinkSync(join(outside, 'target.json'), join(root, 'file.json'));
  const refused = { code: 'PERMISSION_DENIED' };
  await expect(driver.read('dir/target')).rejects.toMatchObject(refused);
  await expect(driver.write('dir/new', bytes('x'))).rejects.toMatchObject(refused);
  await expect(driver.remove('dir/target')).rejects.toMatchObject(refused);
  await expect(keysOf(driver, 'dir')).rejects.toMatchObject(refused);
  await expect(driver.read('file')).rejects.toMatchObject(refused);
  expect(await keysOf(driver)).toEqual(['box/a']);
  await driver.write('file', bytes('x'));
  expect(readdirSync(outside)).toEqual(['target.json']);
  expect(readFileSync(join(outside, 'target.json'))).toEqual(readFileSync(join(root, 'box/a.json')));
});

test('a FIFO or a directory in the place of a document is an error and blocks nobody', async () => {
  const { root, driver } = await open();
  execFileSync('mkfifo', [join(root, 'pipe.json')]);
  mkdirSync(join(root, 'dir.json'));
  await expect(driver.read('pipe')).rejects.toMatchObject({ code: 'CORRUPT' });
  await expect(driver.read('dir')).rejects.toMatchObject({ code: 'CORRUPT' });
});

test('removing the last document of a directory removes the directory', async () => {
  const { root, driver } = await open();
  await driver.write('a/b/c', bytes('x'));
  await driver.write('a/d', bytes('x'));
  await driver.remove('a/b/c');
  expect(readdirSync(join(root, 'a'))).toEqual(['d.json']);
  await driver.remove('a/d');
  expect(readdirSync(root)).toEqual(['.sandkeep']);
});

test('creating and removing neighbours at the same time loses none', async () => {
  const { driver } = await open();
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      for (let round = 0; round < 50; round++) {
        await driver.write(`deep/er/k${index}`, bytes(`${round}`));
        if (round < 49) expect(await driver.remove(`deep/er/k${index}`)).toBe(true);
      }
    }),
  );
  expect(await keysOf(driver)).toHaveLength(8);
});

test('what a dead process left is swept when a store is opened, what a living one has is not', async () => {
  const { root, driver } = await open();
  await driver.write('a', bytes('x'));
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const [machine = '', , start = ''] = processToken.split('-');
  const deadAttempt = [machine, dead.toString(36), start, 'n', '1'].join('-');
  const liveAttempt = `${processToken}-n-1`;
  const foreignAttempt = `00000000-1-1-n-1`;
  for (const attempt of [deadAttempt, liveAttempt, foreignAttempt]) {
    mkdirSync(join(root, '.sandkeep/staged', attempt));
    writeFileSync(join(root, '.sandkeep/staged', `${attempt}0.draft`), 'x');
    mkdirSync(join(root, '.sandkeep/slots', `slot-of-${attempt}`, attempt), { recursive: true });
  }
  await open(root);
  const left = [...readdirSync(join(root, '.sandkeep/staged')), ...readdirSync(join(root, '.sandkeep/slots'))];
  expect(left.filter((name) => name.includes(deadAttempt))).toEqual([]);
  expect(left).toHaveLength(6);
});

test('a document of a megabyte is read and written whole', async () => {
  const { driver } = await open();
  const data = new Uint8Array(3 * 1024 * 1024 + 7).map((_, index) => index % 251);
  await driver.write('big', data);
  expect(Buffer.compare((await driver.read('big'))?.data ?? data.subarray(1), data)).toBe(0);
});

test('a loop of awaited calls lets timers run', async () => {
  const { root } = await open();
  await using driver = await openFsDriver({ root, durability: 'process' });
  let ticked = false;
  setTimeout(() => {
    ticked = true;
  }, 1);
  const deadline = performance.now() + 10_000;
  while (!ticked && performance.now() < deadline) await driver.write('a', bytes('x'));
  expect(ticked).toBe(true);
});

test('health tells the file system, the durability and what is at risk', async () => {
  const { root, driver } = await open();
  expect(await driver.health()).toMatchObject({ facts: { root, durability: 'full' } });
  const careless = await openFsDriver({ root, durability: 'process' });
  onTestFinished(() => careless.close());
  const risks = expect.arrayContaining([expect.stringContaining("durability 'process' a power loss")]);
  expect(await careless.health()).toMatchObject({ status: 'at-risk', risks });
});

test('health tells who may use the root, and where it is', async () => {
  const { driver, root } = await open();
  const { facts } = await driver.health();
  expect(facts).toMatchObject({ mode: '0700', owner: `${process.getuid?.()}:${process.getgid?.()}` });
  expect(facts.totalBytes).toBeGreaterThan(Number(facts.freeBytes));
  chmodSync(root, 0o770);
  expect(await driver.health()).toMatchObject({
    status: 'at-risk',
    facts: { mode: '0770' },
    risks: expect.arrayContaining([expect.stringContaining(`chmod go-w ${root}`)]),
  });
  expect(findMount('/proc/self')).toMatchObject({ source: 'proc', hasJournal: undefined, errors: 0 });
  expect(findMount('/proc/self')?.options).toContain('rw');
});
