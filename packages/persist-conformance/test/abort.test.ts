import { type CaseReport, type Harness, runConformance } from '@sandkeep/persist-conformance';
import { expect, it } from 'vitest';
import { memoryHarness } from './memory-harness.js';

const reason = new Error('interrupted');

it('a run whose signal is aborted already runs nothing', async () => {
  const create = () => Promise.reject(new Error('must not be called'));
  const run = runConformance({ ...memoryHarness, create } as Harness, { signal: AbortSignal.abort(reason) });
  await expect(run).rejects.toBe(reason);
});

it('a run that is aborted ends the case at work, closes and removes what it opened, and rejects', async () => {
  const interrupted = new AbortController();
  const seen: CaseReport[] = [];
  const storages = new Set<unknown>();
  const drivers = new Set<object>();
  const harness: Harness = {
    ...(memoryHarness as Harness),
    async create() {
      const storage = await memoryHarness.create();
      storages.add(storage);
      return storage;
    },
    async open(storage) {
      const driver = await memoryHarness.open(storage as never);
      const close = driver.close.bind(driver);
      drivers.add(driver);
      // What waits for this never comes to an end.
      driver.remove = () => {
        setImmediate(() => interrupted.abort(reason));
        return new Promise(() => {});
      };
      return Object.assign(driver, { close: () => close().finally(() => drivers.delete(driver)) });
    },
    async dispose(storage) {
      storages.delete(storage);
    },
  };
  const run = runConformance(harness, {
    only: ['A3', 'C', 'D'],
    signal: interrupted.signal,
    onProgress: (result) => seen.push(result),
  });
  await expect(run).rejects.toBe(reason);
  expect(seen.map(({ id }) => id)).toEqual(['A3']);
  expect([storages.size, drivers.size]).toEqual([0, 0]);
});
