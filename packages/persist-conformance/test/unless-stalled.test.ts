import { memoryDriver, type PersistDriver } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { unlessStalled } from '../src/unless-stalled.js';

const failure = new Error('it failed');

test('a failure while everything answered is final', async () => {
  let attempts = 0;
  const attempt = async () => {
    attempts += 1;
    throw failure;
  };
  await expect(unlessStalled(600_000, memoryDriver(), attempt)).rejects.toBe(failure);
  expect(attempts).toBe(1);
});

test('a failure while the storage stood still is tried again', async () => {
  const ttlMs = 100;
  let resolveStalled = () => {};
  const stalled = new Promise<void>((resolve) => {
    resolveStalled = resolve;
  });
  const driver = memoryDriver();
  const slow: PersistDriver = Object.assign(Object.create(driver), {
    write: async () => {
      await new Promise((resolve) => setTimeout(resolve, ttlMs / 2));
      resolveStalled();
    },
  });
  let attempts = 0;
  await unlessStalled(ttlMs, slow, async () => {
    attempts += 1;
    await stalled;
    if (attempts === 1) throw failure;
  });
  expect(attempts).toBe(2);
});

test('a failure in every attempt is a failure', async () => {
  const block = async () => {
    const until = performance.now() + 20;
    while (performance.now() < until);
    throw failure;
  };
  await expect(unlessStalled(40, memoryDriver(), block)).rejects.toBe(failure);
});
