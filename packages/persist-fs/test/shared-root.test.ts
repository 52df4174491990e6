/** What other processes, operators and mounts do to a root that is in use. */
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PersistDriver } from '@sandkeep/persist-api';
import { expect, onTestFinished, test } from 'vitest';
import { openFsDriver } from '../src/index.js';
import { temporaryDirectory } from './temporary-directory.js';

const bytes = (text: string) => new TextEncoder().encode(text);

async function open(root: string, durability: 'full' | 'process' = 'process') {
  const driver = await openFsDriver({ root, durability });
  onTestFinished(() => driver.close());
  return driver;
}

async function keysOf(driver: PersistDriver): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of driver.list('')) keys.push(key);
  return keys;
}

/** The names in the store's own directory, without what belongs to documents and locks. */
function ownNames(root: string): string[] {
  return [...readdirSync(join(root, '.sandkeep/staged')), ...readdirSync(join(root, '.sandkeep/slots'))];
}

test('a directory of slots that was removed is made again', async () => {
  const root = temporaryDirectory();
  const driver = await open(root);
  rmdirSync(join(root, '.sandkeep/slots'));
  const version = await driver.write('a', bytes('x'));
  rmdirSync(join(root, '.sandkeep/slots'));
  expect(await driver.remove('a', { expect: version })).toBe(true);
  expect(ownNames(root)).toEqual([]);
});

test('without its staging directory a write fails, and says so', async () => {
  const root = temporaryDirectory();
  const driver = await open(root);
  rmdirSync(join(root, '.sandkeep/staged'));
  await expect(driver.write('a', bytes('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(driver.lock('a', { waitMs: 0 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('of many conditional removals of one version one succeeds, and the others are conflicts', async () => {
  const root = temporaryDirectory();
  const drivers = await Promise.all([open(root), open(root), open(root)]);
  for (let round = 0; round < 50; round++) {
    const version = await (drivers[0] as PersistDriver).write('a', bytes('x'));
    const outcomes = await Promise.allSettled(drivers.map((driver) => driver.remove('a', { expect: version })));
    const results = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.code));
    expect(results.sort()).toEqual(['CONFLICT', 'CONFLICT', true]);
  }
});

test('a root that vanishes during a listing is an error, not the end of the list', async () => {
  const root = temporaryDirectory();
  const driver = await open(root);
  for (const key of ['a/1', 'b/1', 'c/1']) await driver.write(key, bytes('x'));
  const listed: string[] = [];
  const listing = async () => {
    for await (const key of driver.list('')) {
      listed.push(key);
      rmSync(root, { recursive: true, force: true });
    }
  };
  await expect(listing()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(listed).toEqual(['a/1']);
});

test('left-overs that cannot be understood do not keep the store from opening', async () => {
  const root = temporaryDirectory();
  await open(root);
  writeFileSync(join(root, '.sandkeep/slots/stray'), 'x');
  writeFileSync(join(root, '.sandkeep/staged/stray'), 'x');
  const driver = await open(root);
  await driver.write('a', bytes('x'));
  expect(await keysOf(driver)).toEqual(['a']);
});

test('a directory that is not ours is not removed', async () => {
  const root = temporaryDirectory();
  const driver = await open(root);
  mkdirSync(join(root, 'a.json/inner'), { recursive: true });
  await expect(driver.remove('a')).rejects.toMatchObject({ code: 'CORRUPT' });
  expect(readdirSync(join(root, 'a.json'))).toEqual(['inner']);
});

test('a thousand calls at once let timers run between them', async () => {
  const driver = await open(temporaryDirectory());
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 1);
  await Promise.all(Array.from({ length: 1000 }, (_, index) => driver.write(`k${index}`, bytes('x'))));
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(10);
});

test('stores that are opened for the first time at once are one store', async () => {
  for (let round = 0; round < 20; round++) {
    const root = temporaryDirectory();
    const [first, second] = await Promise.all([open(root), open(root)]);
    await first.write('a', bytes('x'));
    expect(await keysOf(second)).toEqual(['a']);
  }
});
