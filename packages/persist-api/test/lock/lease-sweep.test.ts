import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryDriver } from '../../src/index.js';
import { encodeRecord, freeRecord } from '../../src/lock/lease-record.js';
import { LeaseRecords } from '../../src/lock/lease-records.js';
import type { LeaseStorage } from '../../src/lock/lease-storage.js';
import { LeaseSweep } from '../../src/lock/lease-sweep.js';

const hour = 60 * 60 * 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function storageWith(records: Record<string, object>) {
  const driver = memoryDriver();
  const storage: LeaseStorage = {
    read: (name) => driver.read(name),
    write: (name, data, expect) => driver.write(name, data, { expect }),
    remove: (name, expect) => driver.remove(name, { expect }),
    list: () => driver.list(''),
  };
  for (const [name, record] of Object.entries(records)) {
    await driver.write(name, encodeRecord({ ...freeRecord, ...record }));
  }
  const names = async () => {
    const found: string[] = [];
    for await (const name of driver.list('')) found.push(name);
    return found;
  };
  return { sweep: new LeaseSweep(storage, new LeaseRecords(storage)), driver, names };
}

test('records of locks that were free for a day go; those in use, waited for, recent or damaged stay', async () => {
  const old = Date.now() - 24 * hour;
  const entry = { id: 'x', mode: 'exclusive', ttlMs: 1000, beat: 1 };
  const holder = { ...entry, fence: old, host: 'h', pid: 1, info: '', since: '' };
  const { sweep, driver, names } = await storageWith({
    free: { fence: old },
    held: { fence: old, holders: [holder] },
    recent: { fence: old + 2 * hour },
    waited: { fence: old, waiters: [entry] },
  });
  await driver.write('damaged', new Uint8Array(3));
  await vi.advanceTimersByTimeAsync(hour);
  await sweep.run();
  expect(await names()).toEqual(['damaged', 'held', 'recent', 'waited']);
});

test('it looks once an hour, and not in short-lived processes', async () => {
  const { sweep, names } = await storageWith({ free: { fence: 1 } });
  await vi.advanceTimersByTimeAsync(hour - 1);
  await sweep.run();
  expect(await names()).toEqual(['free']);
  await vi.advanceTimersByTimeAsync(1);
  await sweep.run();
  expect(await names()).toEqual([]);
});
