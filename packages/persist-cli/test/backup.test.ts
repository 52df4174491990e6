import { existsSync } from 'node:fs';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { directory, documentsOf, finished, freshStore, sandkeep, start, stuckAt } from './cli.js';

const state = (note: string) => ({ sandbox: { state: 'ready' as const, note }, containers: new Map() });

async function filledStore() {
  const from = await freshStore();
  for (const id of ['jobs', 'web']) await from.store.save(id, state('ours'));
  await from.driver.write('other/globals/a', Uint8Array.of(0, 255, 10));
  return from;
}

it('backup and restore bring every document back', async () => {
  const [from, to] = [await filledStore(), await freshStore()];
  const file = join(await directory(), 'all.tar.gz');
  expect(await sandkeep(['backup', '--to', file, '--url', from.url])).toMatchObject({
    ...{ code: 0, stdout: '', stderr: '3 backed up\n' },
  });
  const restore = ['restore', '--from', file, '--url', to.url];
  const dry = await sandkeep([...restore, '--dry-run']);
  expect(dry).toMatchObject({ code: 0, stderr: 'dry run: 3 restored\n' });
  expect(dry.stdout).toContain('would be restored: other/globals/a\n');
  expect(await documentsOf(to.driver)).toEqual({});
  expect(await sandkeep(restore)).toMatchObject({ code: 0, stdout: '', stderr: '3 restored\n' });
  expect(await documentsOf(to.driver)).toEqual(await documentsOf(from.driver));
  expect(await sandkeep(restore)).toMatchObject({ code: 0, stdout: '', stderr: '3 unchanged\n' });
});

it('a backup to the standard output, of one namespace, and a restore of one', async () => {
  const [from, to] = [await filledStore(), await freshStore()];
  const cwd = await directory();
  const backup = start(['backup', '--to', '-', '--url', from.url, '--namespace', 'default']);
  const chunks: Buffer[] = [];
  backup.stdout?.on('data', (chunk) => chunks.push(chunk));
  expect((await finished(backup)).stderr).toBe('2 backed up\n');
  await writeFile(join(cwd, 'x'), Buffer.concat(chunks));
  const restore = ['restore', '--from', 'x', '--url', to.url, '--json'];
  const missing = await sandkeep([...restore, '--namespace', 'other'], { cwd });
  expect({ code: missing.code, stderr: missing.stderr }).toEqual({
    code: 3,
    stderr: expect.stringContaining('there is no document in namespace other of x'),
  });
  const { code, stdout } = await sandkeep([...restore, '--namespace', 'default'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    ...{ dryRun: false, createdAt: expect.stringMatching(/^20.*Z$/), missing: [] },
    ...{ written: 2, replaced: 0, unchanged: 0, skipped: 0, deleted: 0, conflicts: [], failed: [] },
  });
  expect(Object.keys(await documentsOf(to.driver))).toEqual(['default/sandboxes/jobs', 'default/sandboxes/web']);
});

it.each([
  [[], 4, 'theirs'],
  [['--skip'], 0, 'theirs'],
  [['--overwrite'], 0, 'ours'],
  [['--if-newer'], 0, 'theirs'],
])('restore %j where there is another state: exit status %i', async (options, status, note) => {
  const [from, to] = [await filledStore(), await freshStore()];
  const file = join(await directory(), 'x');
  await sandkeep(['backup', '--to', file, '--url', from.url]);
  await to.store.save('web', state('theirs'));
  expect((await sandkeep(['restore', '--from', file, '--url', to.url, ...options])).code).toBe(status);
  expect((await to.store.load('web')).sandbox).toMatchObject({ note });
  expect((await to.store.load('jobs')).sandbox).toMatchObject({ note: 'ours' });
});

it('a damaged archive restores nothing', async () => {
  const [from, to] = [await filledStore(), await freshStore()];
  const file = join(await directory(), 'x');
  await sandkeep(['backup', '--to', file, '--url', from.url]);
  await truncate(file, (await readFile(file)).length - 1);
  const { code, stdout, stderr } = await sandkeep(['restore', '--from', file, '--url', to.url]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(`sandkeep: ${file} cannot be restored: it is damaged, or no backup: unexpected end of file\n`);
  expect(await documentsOf(to.driver)).toEqual({});
});

it('a backup says what it could not read, and so does its restore', async () => {
  const [from, to] = [await filledStore(), await freshStore()];
  const file = join(await directory(), 'x');
  await truncate(join(from.root, 'default/sandboxes/jobs.json'), 100);
  const backup = await sandkeep(['backup', '--to', file, '--url', from.url]);
  expect(backup.code).toBe(1);
  expect(backup.stdout).toMatch(/^failed: .*jobs\.json/);
  expect(backup.stderr).toBe('2 backed up, 1 failed\nsandkeep: 1 document could not be backed up\n');
  const restore = await sandkeep(['restore', '--from', file, '--url', to.url]);
  expect(restore.code).toBe(0);
  expect(restore.stderr).toMatch(/^the backup of 20.*Z lacks what could not be read then: default\/sandboxes\/jobs\n/);
  expect(Object.keys(await documentsOf(to.driver))).toEqual(['default/sandboxes/web', 'other/globals/a']);
});

it('a file that is there is replaced with --force only', async () => {
  const { url } = await filledStore();
  const file = join(await directory(), 'x');
  await writeFile(file, 'precious');
  const args = ['backup', '--to', file, '--url', url];
  expect(await sandkeep(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('--force replaces it') });
  expect(await readFile(file, 'utf8')).toBe('precious');
  expect((await sandkeep([...args, '--force'])).code).toBe(0);
  expect(await readFile(file, 'latin1')).toMatch(/^\u001f\u008b/);
});

it('Ctrl-C leaves no file, and says what to do', async () => {
  const { url } = await filledStore();
  const root = await directory();
  const env = await stuckAt('read', '/web');
  const child = start(['backup', '--to', join(root, 'x'), '--url', url], { env });
  child.stdout?.once('data', () => child.kill('SIGINT'));
  const { code, stderr } = await finished(child);
  expect({ code, stderr }).toEqual({ code: 130, stderr: 'interrupted: no backup was written; run it again\n' });
  expect(await readdir(root)).toEqual([]);
});

it('Ctrl-C in a restore says how to go on, and a second run does', async () => {
  const [from, to] = [await filledStore(), await freshStore()];
  const file = join(await directory(), 'x');
  await sandkeep(['backup', '--to', file, '--url', from.url]);
  const args = ['restore', '--from', file, '--url', to.url];
  const child = start([...args, '--concurrency', '1'], { env: await stuckAt('write', '/web') });
  child.stdout?.once('data', () => child.kill('SIGINT'));
  const { code, stderr } = await finished(child);
  expect({ code, stderr }).toEqual({ code: 130, stderr: '1 restored\ninterrupted: run it again to go on\n' });
  expect(await sandkeep(args)).toMatchObject({ code: 0, stderr: '2 restored, 1 unchanged\n' });
  expect(await documentsOf(to.driver)).toEqual(await documentsOf(from.driver));
});

it.each([
  [['backup', '--url', 'memory:'], 2, "required option '--to <file>' not specified"],
  [['backup', '--to', 'x'], 2, 'no store is chosen: give --url'],
  [['backup', '--to', '-', '--json', '--url', 'memory:'], 2, '--json prints where --to - writes'],
  [['backup', '--to', 'nope/x', '--url', 'memory:'], 3, 'nope does not exist: make the directory first'],
  [['backup', '--to', 'x', '--url', 'memory:', '--namespace', 'nope'], 3, 'there is no document in namespace nope'],
  [['restore', '--url', 'memory:'], 2, "required option '--from <file>' not specified"],
  [['restore', '--from', 'nope', '--url', 'memory:'], 3, 'there is no file nope'],
  [['restore', '--from', '.', '--url', 'memory:'], 2, '. is a directory: expected the file of a backup'],
])('%j is refused', async (args, status, message) => {
  const cwd = await directory();
  const { code, stdout, stderr } = await sandkeep(args, { cwd });
  expect({ code, stdout }).toEqual({ code: status, stdout: '' });
  expect(stderr).toContain(message);
  expect(existsSync(join(cwd, 'x'))).toBe(false);
});
