import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { MemoryStorage, memoryDriver } from '../../src/index.js';
import { observe, rejection } from './lease-fixture.js';

vi.setConfig({ testTimeout: 60_000 });

const dist = new URL('../../dist/index.js', import.meta.url).href;

it('concurrent holders of one driver and of several never overlap', async () => {
  const storage = new MemoryStorage();
  const drivers = [1, 2, 3].map(() => memoryDriver({ storage }));
  let counter = 0;
  const increment = async (index: number) => {
    await using _ = await drivers[index % drivers.length]!.lock('counter', { waitMs: 60_000 });
    const seen = counter;
    await new Promise((resolve) => setImmediate(resolve));
    counter = seen + 1;
  };
  await Promise.all(Array.from({ length: 30 }, (_, index) => increment(index)));
  expect(counter).toBe(30);
});

it('close ends waiting calls with CLOSED, releases what is held, and lets nothing be taken', async () => {
  const storage = new MemoryStorage();
  const [a, b] = [memoryDriver({ storage }), memoryDriver({ storage })];
  const held = await a.lock('held');
  const others = await b.lock('other');
  const waiting = observe(a.lock('other', { waitMs: 60_000, signal: new AbortController().signal }));
  const abandoned = observe(a.lock('other', { waitMs: 60_000 }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await a.close();
  for (const { error } of [waiting, abandoned]) {
    expect(error).toMatchObject({ code: 'CLOSED', driver: 'memory', operation: 'lock', key: 'other' });
  }
  await b.lock('held', { waitMs: 0 });
  await others.release();
  await b.lock('other', { waitMs: 0 });
  await held.release();
  expect(await rejection(a.lock('x'))).toMatchObject({ code: 'CLOSED', key: 'x' });
});

it('many waiting calls cause no warning', async () => {
  const warnings: Error[] = [];
  const collect = (warning: Error) => warnings.push(warning);
  process.on('warning', collect);
  const driver = memoryDriver();
  await driver.lock('l');
  const waiting = Promise.allSettled(Array.from({ length: 20 }, () => driver.lock('l', { waitMs: 60_000 })));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await driver.close();
  await waiting;
  process.off('warning', collect);
  expect(warnings).toEqual([]);
});

it('a held lock does not keep its process alive', async () => {
  const script = `
    import { memoryDriver } from ${JSON.stringify(dist)};
    const driver = memoryDriver();
    const lock = await driver.lock('l');
    console.log(lock.name);
  `;
  const child = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    timeout: 50_000,
  });
  expect(await child).toMatchObject({ stdout: 'l\n', stderr: '' });
});
