import { existsSync } from 'node:fs';
import { symlink, truncate, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { directory, documentsOf, finished, freshStore, sandkeep, start, stuckAt } from './cli.js';

const state = (note: string) => ({ sandbox: { state: 'ready' as const, note }, containers: new Map() });

async function twoStores() {
  const [from, to] = [await freshStore(), await freshStore()];
  for (const id of ['jobs', 'web']) await from.store.save(id, state('ours'));
  await from.driver.write('other/globals/a/b', Uint8Array.of(0, 255, 10));
  return { from, to, args: ['copy', '--from', from.url, '--to', to.url] };
}

it('copies everything, says how much, and does not write it again', async () => {
  const { from, to, args } = await twoStores();
  expect(await sandkeep(args)).toMatchObject({ code: 0, stdout: '', stderr: '3 copied\n' });
  expect(await documentsOf(to.driver)).toEqual(await documentsOf(from.driver));
  const { revision } = await to.store.load('web');
  expect(await sandkeep(args)).toMatchObject({ code: 0, stdout: '', stderr: '3 unchanged\n' });
  expect((await to.store.load('web')).revision).toBe(revision);
});

it('takes configuration files, too, with paths that start at them', async () => {
  const { from, to } = await twoStores();
  const cwd = await directory();
  await writeFile(join(cwd, 'from.json'), JSON.stringify({ driver: 'fs', root: relative(cwd, from.root) }));
  await writeFile(join(cwd, 'to.mjs'), `export default ${JSON.stringify({ driver: 'fs', root: to.root })}`);
  const args = ['copy', '--from', 'from.json', '--to', join(cwd, 'to.mjs')];
  expect(await sandkeep(args, { cwd })).toMatchObject({ code: 0, stderr: '3 copied\n' });
  expect(await documentsOf(to.driver)).toEqual(await documentsOf(from.driver));
  await writeFile(join(cwd, 'from.json'), '{ "driver": "fs", "roof": "x" }');
  const { code, stderr } = await sandkeep(args, { cwd });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/--from from.json: .* unknown option "roof"/),
  });
});

it('copies one namespace', async () => {
  const { to, args } = await twoStores();
  expect(await sandkeep([...args, '--namespace', 'other'])).toMatchObject({ code: 0, stderr: '1 copied\n' });
  expect(Object.keys(await documentsOf(to.driver))).toEqual(['other/globals/a/b']);
  expect(await sandkeep([...args, '--namespace', 'othr'])).toMatchObject({
    code: 3,
    stderr: 'sandkeep: there is no document in namespace othr\n',
  });
});

it('a dry run names what would be done, and changes nothing', async () => {
  const { from, to, args } = await twoStores();
  await to.store.save('web', state('theirs'));
  const before = await documentsOf(to.driver);
  const { code, stdout, stderr } = await sandkeep([...args, '--overwrite', '--dry-run']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'dry run: 2 copied, 1 replaced\n' });
  expect(stdout.split('\n')).toEqual([
    'would be copied: default/sandboxes/jobs',
    'would be replaced: default/sandboxes/web',
    'would be copied: other/globals/a/b',
    '',
  ]);
  expect(await documentsOf(to.driver)).toEqual(before);
  expect(Object.keys(await documentsOf(from.driver))).toHaveLength(3);
});

describe('where the target has another state', () => {
  it.each([
    [[], 4, 'theirs'],
    [['--skip'], 0, 'theirs'],
    [['--overwrite'], 0, 'ours'],
    [['--if-newer'], 0, 'theirs'],
  ])('%j: exit status %i', async (options, status, note) => {
    const { to, args } = await twoStores();
    await to.store.save('web', state('theirs'));
    const { code, stdout, stderr } = await sandkeep([...args, ...options]);
    expect(code).toBe(status);
    expect((await to.store.load('web')).sandbox).toMatchObject({ note });
    expect((await to.store.load('jobs')).sandbox).toMatchObject({ note: 'ours' });
    if (status === 0) return;
    expect(stdout).toBe('conflict: default/sandboxes/web is another document in the target, which was left as it is\n');
    expect(stderr).toMatch(/^2 copied, 1 left, as another is there\nsandkeep: of 1 document the target .*--if-newer/);
  });

  it('--delete removes what only the target has', async () => {
    const { from, to, args } = await twoStores();
    await to.store.save('gone', state('theirs'));
    expect(await sandkeep([...args, '--delete'])).toMatchObject({ code: 0, stderr: '3 copied, 1 deleted\n' });
    expect(await documentsOf(to.driver)).toEqual(await documentsOf(from.driver));
  });
});

it('--json reports counts, and names what needs a look', async () => {
  const { from, to, args } = await twoStores();
  await to.store.save('web', state('theirs'));
  await truncate(join(from.root, 'default/sandboxes/jobs.json'), 100);
  const { code, stdout, stderr } = await sandkeep([...args, '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    ...{ dryRun: false, written: 1, replaced: 0, unchanged: 0, skipped: 0, deleted: 0 },
    ...{ takenUntil: expect.stringMatching(/^20.*Z$/), takenAgain: [], changed: [] },
    conflicts: [{ key: 'default/sandboxes/web', error: expect.objectContaining({ code: 'CONFLICT' }) }],
    failed: [{ key: 'default/sandboxes/jobs', error: expect.objectContaining({ code: 'CORRUPT' }) }],
  });
  expect(JSON.parse(stderr)).toEqual({ error: { code: 'FAILED', message: '1 document could not be copied' } });
});

describe('is refused before anything is touched', () => {
  it.each([
    [['--from', 'file:///x'], 2, "required option '--to <store>' not specified"],
    [['--from', 'fil:///x', '--to', 'memory:'], 2, '--from: no driver is known for the scheme "fil:" (did you mean'],
    [['--from', 'memory:', '--to', '/x'], 2, '--to: the driver URL "/x" is not valid'],
    [['--from', 'memory:', '--to', 'memory:', '--skip', '--overwrite'], 2, "cannot be used with option '--skip'"],
    [['--from', 'memory:', '--to', 'memory:', '--concurrency', 'many'], 2, 'expected a whole number from 1 to 256'],
    [['--from', 'memory:', '--to', 'redis://127.0.0.1:1'], 1, '--to: there is no connection to the server'],
    [['--from', 'memory:', '--to', 'memory:', '--namespace', 'a/b'], 2, 'namespace "a/b" is not valid'],
  ])('%j', async (options, status, message) => {
    const { code, stdout, stderr } = await sandkeep(['copy', ...options]);
    expect({ code, stdout }).toEqual({ code: status, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('a source that is missing, though the target would be made', async () => {
    const root = await directory();
    const url = (name: string) => pathToFileURL(join(root, name)).href;
    const { code, stderr } = await sandkeep(['copy', '--from', url('nope'), '--to', `${url('new')}?create=true`]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('--from: root ') });
    expect(existsSync(join(root, 'new'))).toBe(false);
  });

  it('one store given twice, by whatever names', async () => {
    const { from } = await twoStores();
    const before = await documentsOf(from.driver);
    const link = join(await directory(), 'link');
    await symlink(from.root, link);
    const { code, stderr } = await sandkeep(['copy', '--from', from.url, '--to', pathToFileURL(link).href]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('are the same store') });
    expect(await documentsOf(from.driver)).toEqual(before);
  });

  it('a target that would be emptied for a source that is empty', async () => {
    const { from, to } = await twoStores();
    const { code, stderr } = await sandkeep(['copy', '--from', to.url, '--to', from.url, '--delete']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--from has no documents') });
    expect(Object.keys(await documentsOf(from.driver))).toHaveLength(3);
  });

  it('--url, which names no side', async () => {
    const { code, stderr } = await sandkeep(['--url', 'memory:', 'copy', '--from', 'memory:', '--to', 'memory:']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--from and --to') });
  });
});

it('Ctrl-C says how to go on, and a second run does', async () => {
  const { from, to, args } = await twoStores();
  const child = start([...args, '--concurrency', '1'], { env: await stuckAt('write', '/web') });
  child.stdout?.once('data', () => child.kill('SIGINT'));
  const { code, stderr } = await finished(child);
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: expect.stringMatching(/^1 copied\ninterrupted: run it again/),
  });
  expect(await sandkeep(args)).toMatchObject({ code: 0, stderr: '2 copied, 1 unchanged\n' });
  expect(await documentsOf(to.driver)).toEqual(await documentsOf(from.driver));
});
