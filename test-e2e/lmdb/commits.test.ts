import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { openLmdbDriver } from '@sandkeep/persist-lmdb';
import { expect, test } from 'vitest';
import { Strace } from '../support/strace.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { LmdbWorker } from './lmdb-worker.js';

const calls = ['pwrite64', 'pwritev', 'writev', 'write', 'fdatasync', 'openat'];
/** One thread for all commits: strace counts the calls of each thread. */
const oneThread = { UV_THREADPOOL_SIZE: '1' };

test('a write resolves after its pages were flushed and its header was written through', async () => {
  const process = await LmdbWorker.start(temporaryDirectory(), oneThread);
  await process.run('write a 1');
  const strace = await Strace.attach(process.worker.pid, calls, 'fdatasync:delay_enter=200000');
  expect(await process.run('write a 2 20000')).toBe('written');
  const made = strace.calls();
  await strace.end();
  const last = (name: RegExp, text: RegExp) => made.findLastIndex((c) => name.test(c.name) && text.test(c.text));
  const pages = last(/^pwrite/, /data\.mdb>.* = (?!128$)\d+$/);
  const flush = last(/^fdatasync$/, /data\.mdb>\) += 0\b/);
  const header = last(/^pwrite64$/, /data\.mdb>.* = 128$/);
  const answer = last(/^write$/, /done written/);
  expect(pages).toBeGreaterThanOrEqual(0);
  expect(flush).toBeGreaterThan(pages);
  expect(header).toBeGreaterThan(flush);
  expect(answer).toBeGreaterThan(header);
});

test('the header is written through a descriptor that is opened with O_DSYNC', async () => {
  const process = await LmdbWorker.start(temporaryDirectory());
  const { pid } = process.worker;
  const flags = readdirSync(`/proc/${pid}/fd`)
    .filter((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith('data.mdb'))
    .map((fd) => /flags:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0');
  const O_DSYNC = 0o10000;
  expect(flags.some((text) => (Number.parseInt(text, 8) & O_DSYNC) !== 0)).toBe(true);
});

test('64 writes at once share their flushes', async () => {
  const process = await LmdbWorker.start(temporaryDirectory(), oneThread);
  await process.run('write a 1');
  const strace = await Strace.attach(process.worker.pid, ['fdatasync']);
  expect(await process.run('write-many 64')).toBe(Array(64).fill('written').join(' '));
  const flushes = strace.calls().length;
  await strace.end();
  expect(flushes).toBeGreaterThanOrEqual(1);
  expect(flushes).toBeLessThan(16);
});

test.each([
  ['the pages find no space', 'pwrite64:error=ENOSPC:when=1'],
  ['the flush fails', 'fdatasync:error=EIO:when=1'],
])('%s: UNAVAILABLE for all writes of that commit, which change nothing; the process goes on', async (_, inject) => {
  const root = temporaryDirectory();
  const process = await LmdbWorker.start(root, oneThread);
  await process.run('write many/0 7');
  const strace = await Strace.attach(process.worker.pid, calls, inject);
  const outcomes = (await process.run('write-many 3')).split(' ');
  await strace.end();
  expect(outcomes[0]).toBe('UNAVAILABLE');
  await using other = await openLmdbDriver({ root });
  for (const [n, outcome] of outcomes.entries()) {
    const document = await other.read(`many/${n}`);
    const found = document && String(document.data).split(' ')[0];
    expect(found).toBe(outcome === 'written' ? `${n}` : n === 0 ? '7' : undefined);
  }
  expect(await process.run('write many/0 9')).toBe('written');
  expect(await process.run('read many/0')).toMatch(/^9 /);
  expect(await process.run('close')).toBe('closed');
});

test('the header cannot be written: OUTCOME_UNKNOWN, then UNAVAILABLE, and no call waits for ever', async () => {
  // The header is the last of the writes of a commit, whose number depends on how the pages lie.
  for (let last = 1, outcome = ''; outcome !== 'OUTCOME_UNKNOWN'; last++) {
    const root = temporaryDirectory();
    const process = await LmdbWorker.start(root, oneThread);
    await process.run('write a 1');
    const strace = await Strace.attach(process.worker.pid, ['pwrite64'], `pwrite64:error=EIO:when=${last}`);
    outcome = await process.run('write a 2');
    await strace.end();
    if (outcome !== 'OUTCOME_UNKNOWN') {
      expect(outcome).toBe('UNAVAILABLE');
      continue;
    }
    expect((await process.run('write-many 5')).split(' ')).toEqual(Array(5).fill('UNAVAILABLE'));
    expect(await process.run('read a')).toBe('UNAVAILABLE');
    expect(await process.run('close')).toBe('closed');
    await process.worker.kill();
    await using next = await openLmdbDriver({ root });
    expect(String((await next.read('a'))?.data)).toMatch(/^[12] /);
    await next.write('a', Buffer.from('3'));
  }
});
