import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SandboxStore } from '@sandkeep/persist-api';
import { describe, expect, it, vi } from 'vitest';
import { directory, finished, freshStore, processesWith, sandkeep, start } from './cli.js';

const newNamespace = () => `test-${randomBytes(4).toString('hex')}`;

/** Starts the demo with a directory of its own for temporary files. */
async function startDemo(...args: string[]) {
  const namespace = newNamespace();
  const temporary = await directory();
  const child = start(['demo', '--namespace', namespace, ...args], { env: { TMPDIR: temporary } });
  const result = finished(child);
  const output: string[] = [];
  child.stdout?.on('data', (chunk) => output.push(String(chunk)));
  const until = (text: string) =>
    vi.waitFor(() => expect(output.join('')).toContain(text), { timeout: 50_000, interval: 1 });
  return { child, namespace, temporary, result, until };
}

it('restores what was saved, adopts what lives, notices what died, and leaves nothing behind', async () => {
  const { namespace, temporary, result } = await startDemo();
  const { code, stdout, stderr } = await result;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/kill -9 \d+, in the middle of its saves/);
  const row = (container: string) => new RegExp(`^ +${container} +(\\d+) +running +(\\S+)`, 'm').exec(stdout) ?? [];
  expect(row('web/proxy')[2]).toBe('alive:');
  expect(row('web/api')[2]).toBe('alive:');
  expect(row('jobs/worker')[2]).toBe('alive:');
  expect(row('web/cache')[2]).toBe('gone');
  expect(stdout).toContain(`kill -9 ${row('web/cache')[1]}: container web/cache dies`);
  const saves = / (\d+) saves were acknowledged/.exec(stdout)?.[1];
  expect(stdout.trimEnd().split('\n').at(-2)).toMatch(
    new RegExp(`^Proven: of ${saves} acknowledged saves none was lost`),
  );
  expect(await processesWith(namespace)).toEqual(new Map());
  expect(await readdir(temporary)).toEqual([]);
});

it('--json gives the outcome', async () => {
  const { namespace, result } = await startDemo('--json');
  const { code, stdout, stderr } = await result;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const shown = JSON.parse(stdout);
  expect(shown).toMatchObject({
    namespace,
    restored: [
      { id: 'jobs', state: 'running', containers: [{ id: 'worker' }], alive: ['worker'] },
      { id: 'web', state: 'running', containers: [{}, {}, { id: 'cache' }], alive: ['proxy', 'api'] },
    ],
  });
  expect(shown.acknowledgedSaves).toBeGreaterThan(40);
  expect(shown.newSupervisor).not.toBe(shown.killedSupervisor);
});

it('says so when it cannot make its directory', async () => {
  const missing = join(await directory(), 'nope');
  const { code, stdout, stderr } = await sandkeep(['demo'], { env: { TMPDIR: missing } });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^sandkeep: no directory can be made in .*nope: ENOENT.*\n$/);
});

it.skipIf(!existsSync('/dev/full'))('ends, and cleans up, when its output cannot be written', async () => {
  const temporary = await directory();
  await using full = await open('/dev/full', 'w');
  const child = start(['demo'], { env: { TMPDIR: temporary }, stdio: ['ignore', full.fd, 'pipe'] });
  const [[code], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr as NodeJS.ReadableStream)]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^sandkeep: the output .* ENOSPC.*\n$/) });
  expect(await readdir(temporary)).toEqual([]);
});

describe('on a store of the user', () => {
  it('works in a namespace of its own, which is empty afterwards', async () => {
    const { url, driver, store } = await freshStore();
    await store.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
    expect((await sandkeep(['demo', '--url', url])).code).toBe(0);
    const left: string[] = [];
    for await (const key of driver.list('')) left.push(key);
    expect(left).toEqual(['default/sandboxes/web']);
  });

  it('empties it when it is interrupted', async () => {
    const { url, driver } = await freshStore();
    const { child, result, until } = await startDemo('--url', url);
    await until('saved jobs  step 1');
    child.kill('SIGTERM');
    expect((await result).code).toBe(143);
    for await (const key of driver.list('')) expect(key).toBeUndefined();
  });

  it('refuses a namespace that is in use', async () => {
    const { url, driver, store } = await freshStore();
    const revision = await store.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
    expect(await sandkeep(['demo', '--url', url, '--namespace', 'default'])).toMatchObject({
      code: 1,
      stderr: 'sandkeep: namespace default is in use: it has a sandbox web\n',
    });
    expect((await new SandboxStore(driver).load('web')).revision).toBe(revision);
  });

  it('refuses storage that processes cannot share', async () => {
    expect(await sandkeep(['demo', '--url', 'memory:'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('needs storage that several processes share: memory:'),
    });
  });
});

/** What the demo prints when each of its stages has been reached. */
const stages = ['1. Supervisor', 'saved jobs  step 1', '2. kill -9', '3. Supervisor'];

it.each([
  ['SIGINT', 130, '2. kill -9'],
  ['SIGHUP', 129, 'saved jobs  step 1'],
  ...stages.map((stage) => ['SIGTERM', 143, stage] as const),
] as const)('ended by %s (%i) at "%s", it leaves no process, sandbox or directory', async (signal, code, stage) => {
  const { child, namespace, temporary, result, until } = await startDemo();
  await until(stage);
  child.kill(signal);
  expect(await result).toMatchObject({ code, signal: null, stderr: '' });
  expect(await processesWith(namespace)).toEqual(new Map());
  expect(await readdir(temporary)).toEqual([]);
});

it.each(stages)('killed at "%s", its processes end by themselves', async (stage) => {
  const { child, namespace, result, until } = await startDemo();
  await until(stage);
  child.kill('SIGKILL');
  await result;
  await vi.waitFor(async () => expect(await processesWith(namespace)).toEqual(new Map()), { timeout: 50_000 });
});

it('ends, and cleans up, when its output is closed', async () => {
  const { child, namespace, temporary, result, until } = await startDemo();
  await until('saved jobs  step 1');
  const exited = once(child, 'exit');
  const unread = expect(result).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  child.stdout?.destroy();
  expect(await exited).toEqual([141, null]);
  await unread;
  expect(await processesWith(namespace)).toEqual(new Map());
  expect(await readdir(temporary)).toEqual([]);
});

it('fails with one message, and leaves no process, when the storage fails in the middle', async () => {
  const { url, root } = await freshStore();
  const { namespace, result, until } = await startDemo('--url', url);
  await until('saved jobs  step 1');
  await rename(root, `${root}-gone`);
  const { code, stderr } = await result;
  await rename(`${root}-gone`, root);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^sandkeep: supervisor \d+ failed: .*\n$/);
  expect(await processesWith(namespace)).toEqual(new Map());
});
