import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { driver, openFsDriver } from '../src/index.js';

const root = mkdtempSync(join(tmpdir(), 'sandkeep-scratch-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { at, create, remove, describe } = driver.scratch as NonNullable<typeof driver.scratch>;

it('a scratch storage is beside what the root holds, and goes away whole', async () => {
  await using main = await openFsDriver({ root });
  await main.write('kept', Buffer.from('1'));
  const config = at({ root, durability: 'process', create: true }, 'test-1');
  expect(config).toEqual({ root: join(root, '.sandkeep-test-1'), durability: 'process', create: false });
  expect(describe(config)).toBe(`directory ${config.root}`);
  await expect(openFsDriver(config)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await create?.(config);
  {
    await using scratch = await openFsDriver(config);
    await scratch.write('a/b', Buffer.from('2'));
    await scratch.lock('held');
    expect(await main.read('a/b')).toBeUndefined();
  }
  const keys: string[] = [];
  for await (const key of main.list('')) keys.push(key);
  expect(keys).toEqual(['kept']);
  writeFileSync(join(config.root, 'foreign'), '');
  mkdirSync(join(config.root, 'a', 'empty'));
  await remove(config);
  expect(readdirSync(root).sort()).toEqual(['.sandkeep', 'kept.json']);
  await remove(config);
});

it('is not made below a directory that does not exist', async () => {
  const missing = join(root, 'missing');
  await expect(create?.(at({ root: missing }, 'test-1'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining(`${missing} does not exist`),
  });
});
