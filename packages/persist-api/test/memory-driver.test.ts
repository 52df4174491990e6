import { describe, expect, it } from 'vitest';
import { MemoryStorage, memoryDriver, type PersistDriver } from '../src/index.js';
import { rejection } from './lock/lease-fixture.js';

const bytes = (text: string) => Buffer.from(text);
const text = async (driver: PersistDriver, key: string) => {
  const document = await driver.read(key);
  return document && Buffer.from(document.data).toString();
};

describe('memoryDriver', () => {
  it('instances are alone, or share a storage', async () => {
    const storage = new MemoryStorage();
    const [a, b, alone] = [memoryDriver({ storage }), memoryDriver({ storage }), memoryDriver()];
    await a.write('k', bytes('v'));
    expect(await text(b, 'k')).toBe('v');
    expect((await a.read('k'))?.version).toBe((await b.read('k'))?.version);
    expect(await alone.read('k')).toBeUndefined();
  });

  it('keeps its documents when an instance is closed', async () => {
    const storage = new MemoryStorage();
    const a = memoryDriver({ storage });
    await a.write('k', bytes('v'));
    await a.close();
    expect(await text(memoryDriver({ storage }), 'k')).toBe('v');
  });

  it('honours the condition of a write and of a removal', async () => {
    const driver = memoryDriver();
    const first = await driver.write('k', bytes('1'), { expect: 'absent' });
    const second = await driver.write('k', bytes('2'), { expect: first });
    const conflict = { code: 'CONFLICT', currentVersion: second, driver: 'memory', key: 'k' };
    expect(await rejection(driver.write('k', bytes('3'), { expect: first }))).toMatchObject(conflict);
    expect(await rejection(driver.write('k', bytes('3'), { expect: 'absent' }))).toMatchObject(conflict);
    expect(await rejection(driver.remove('k', { expect: first }))).toMatchObject(conflict);
    expect(await text(driver, 'k')).toBe('2');
    expect(await driver.remove('k', { expect: second })).toBe(true);
    expect(await driver.remove('k')).toBe(false);
    for (const call of [driver.remove('k', { expect: second }), driver.write('k', bytes('3'), { expect: second })]) {
      const error = await rejection(call);
      expect(error).toMatchObject({ code: 'CONFLICT' });
      expect(error.currentVersion).toBeUndefined();
    }
  });

  it('gives every state a version of its own', async () => {
    const driver = memoryDriver();
    const versions = [];
    for (let round = 0; round < 3; round++) {
      versions.push(await driver.write('k', bytes('same')));
      await driver.remove('k');
      versions.push(await driver.write('k', bytes('same'), { expect: 'absent' }));
    }
    expect(new Set(versions).size).toBe(versions.length);
  });

  it('shares no memory with its caller', async () => {
    const driver = memoryDriver();
    const given = bytes('v');
    await driver.write('k', given);
    given.fill(0);
    const { data } = (await driver.read('k'))!;
    expect(Buffer.from(data).toString()).toBe('v');
    data.fill(0);
    expect(await text(driver, 'k')).toBe('v');
  });

  it('lists keys in byte order, below a prefix, after a key, and no lock', async () => {
    const driver = memoryDriver();
    for (const key of ['b', 'a/b', 'a', 'a-b', 'ab', 'a.b', 'A', 'a/b/c', 'a/B']) await driver.write(key, bytes(''));
    await driver.lock('a/lock');
    const list = async (...call: Parameters<PersistDriver['list']>) => {
      const keys = [];
      for await (const key of driver.list(...call)) keys.push(key);
      return keys;
    };
    expect(await list('')).toEqual(['A', 'a', 'a-b', 'a.b', 'a/B', 'a/b', 'a/b/c', 'ab', 'b']);
    expect(await list('a')).toEqual(['a/B', 'a/b', 'a/b/c']);
    expect(await list('a/')).toEqual(['a/B', 'a/b', 'a/b/c']);
    expect(await list('a', { after: 'a/Z' })).toEqual(['a/b', 'a/b/c']);
    expect(await list('none')).toEqual([]);
  });

  it('says that nothing survives it', async () => {
    const health = await memoryDriver().health();
    expect(health).toMatchObject({ status: 'ok', facts: { durability: 'none' } });
    expect(health.risks).toHaveLength(1);
  });
});
