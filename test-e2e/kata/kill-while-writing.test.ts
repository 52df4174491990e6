import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPersistError } from '@sandkeep/persist-api';
import { readKataSandbox, writeKataTree } from '@sandkeep/persist-kata';
import { expect, test } from 'vitest';
import { rounds } from '../support/rounds.js';
import { Strace, type TracedCall } from '../support/strace.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';
import { after, before, numberedSandbox } from './workers/tree-states.js';

/** The calls that change a tree; with full counts also those between them. */
const changes = ['write', 'rename', 'unlink', 'rmdir'];
const traced = rounds(1, 2) === 1 ? changes : [...changes, 'openat', 'mkdir', 'fsync', 'close'];

/** A tree, with the earlier sandbox in it if one is to be replaced, and a worker that is ready to write. */
async function prepare(isNew: boolean) {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'sbs'), { mode: 0o700 });
  if (!isNew) await writeKataTree(root, [before]);
  const worker = new Worker(import.meta.url, 'workers/write-tree.js', [root], { UV_THREADPOOL_SIZE: '1' });
  await worker.line('ready');
  return { root, worker };
}

async function callsOf(isNew: boolean): Promise<TracedCall[]> {
  const { root, worker } = await prepare(isNew);
  const strace = await Strace.attach(worker.pid, traced);
  try {
    worker.send('write');
    await worker.line('done');
    return strace.calls().filter(({ text }) => text.includes(root) || text.includes('/proc/self/fd/'));
  } finally {
    await strace.end();
    await worker.kill();
  }
}

test.each([
  ['a new sandbox', true],
  ['a sandbox that replaces another', false],
])(
  '%s, killed at each call in turn: every file is whole, and it can be written again',
  { timeout: 300_000 },
  async (_, isNew) => {
    const calls = await callsOf(isNew);
    expect(calls.length).toBeGreaterThan(isNew ? 4 : 9);
    for (const call of calls) {
      const { root, worker } = await prepare(isNew);
      const strace = await Strace.attach(worker.pid, [call.name], `${call.name}:signal=KILL:when=${call.count}`);
      worker.send('write');
      await worker.exited();
      await strace.end();
      const where = `killed at ${call.name} ${call.count}: ${call.text.slice(0, 100)}`;
      const found = await readKataSandbox(root, 'box').catch((error) => {
        if (isNew && isPersistError(error, 'NOT_FOUND')) return undefined;
        throw Object.assign(error, { message: `${where}: ${error.message}` });
      });
      if (isNew && found !== undefined) expect([...found.containers.keys()], where).toEqual(['box', 'new']);
      const states = found === undefined ? [] : [found.sandbox, ...found.containers.values()];
      for (const state of states) expect([before.sandbox, after.sandbox], where).toContainEqual(state);
      if (!isNew) expect(found?.containers.has('box'), where).toBe(true);

      await writeKataTree(root, [numberedSandbox(3, 'box')]);
      expect(await readKataSandbox(root, 'box'), where).toMatchObject(numberedSandbox(3, 'box'));
      expect(readdirSync(join(root, 'sbs/box')).sort(), where).toEqual(['box', 'persist.json']);
    }
  },
);

test('a write that fails leaves the earlier state', async () => {
  const { root, worker } = await prepare(false);
  const tree = () => readFileSync(join(root, 'sbs/box/persist.json'), 'utf8');
  const earlier = tree();
  const strace = await Strace.attach(worker.pid, ['fsync'], 'fsync:error=ENOSPC:when=2');
  worker.send('write');
  await worker.exited();
  await strace.end();
  expect(worker.errors).toContain('no space left on the file system');
  expect(tree()).toBe(earlier);
  expect([...(await readKataSandbox(root, 'box')).containers.keys()]).toEqual(['box', 'gone']);
  expect(readdirSync(root)).toEqual(['sbs']);
});
