import { once } from 'node:events';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxStore } from '@sandkeep/persist-api';
import { expect, it } from 'vitest';
import { directory, freshStore, sandkeep } from './cli.js';

const ready = { sandbox: { state: 'ready' as const }, containers: new Map() };
const running = {
  sandbox: { state: 'running' as const, memory: 18446744073709551615n, note: 'a\u001b[31mb\u009b' },
  containers: new Map([['app', { state: 'running' as const, process: { pid: 42 } }]]),
};

it('ls lists the sandboxes with state, containers, age and revision', async () => {
  const { url, store } = await freshStore();
  const web = await store.save('web', running);
  const jobs = await store.save('jobs', ready);
  const { code, stdout, stderr } = await sandkeep(['ls', '--url', url]);
  const [head, first, second, ...rest] = stdout.split('\n');
  expect(head).toMatch(/^ID +STATE +CONTAINERS +SAVED +REVISION$/);
  expect(first).toMatch(new RegExp(`^jobs +ready +0 +\\d+s ago +${jobs}$`));
  expect(second).toMatch(new RegExp(`^web +running +1 +\\d+s ago +${web}$`));
  expect({ code, stderr, rest }).toEqual({ code: 0, stderr: '', rest: [''] });
});

it('ls --json', async () => {
  const { url, store } = await freshStore();
  const revision = await store.save('web', running);
  const { savedAt } = await store.load('web');
  const { code, stdout } = await sandkeep(['ls', '--json', '--url', url]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    { id: 'web', state: 'running', containers: ['app'], savedAt: savedAt.toISOString(), revision },
  ]);
});

it('ls says on the standard error that there is nothing', async () => {
  const { url } = await freshStore();
  expect(await sandkeep(['ls', '--url', url])).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'no sandboxes in namespace default\n',
  });
  expect(await sandkeep(['ls', '--url', url, '--json'])).toMatchObject({ code: 0, stdout: '[]\n', stderr: '' });
});

it('ls lists a corrupt sandbox among the others, and fails', async () => {
  const { url, root, store } = await freshStore();
  for (const id of ['a', 'b', 'c', 'd']) await store.save(id, ready);
  for (const id of ['b', 'c']) await truncate(join(root, `default/sandboxes/${id}.json`), 100);
  const { code, stdout, stderr } = await sandkeep(['ls', '--url', url]);
  expect(stdout).toMatch(/^a +ready.*\nb +CORRUPT.*\nc +CORRUPT.*\nd +ready/m);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('sandkeep: 2 of 4 sandboxes cannot be read: b, c'),
  });
  const json = await sandkeep(['ls', '--json', '--url', url]);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { id: 'a' },
    { id: 'b', error: { code: 'CORRUPT' } },
    { id: 'c' },
    {},
  ]);
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'CORRUPT' } });
});

it('ls lists a sandbox that it may not read among the others, and fails', async () => {
  const cwd = await directory();
  const api = new URL('../../persist-api/dist/index.js', import.meta.url).href;
  await writeFile(
    join(cwd, 'driver.mjs'),
    `import { memoryDriver, PersistError, SandboxStore } from '${api}';
      export const driver = { name: 'guarded', schemes: [], fromUrl() {},
        configSchema: { safeParse: (data) => ({ success: true, data }) },
        async open() {
          const driver = memoryDriver();
          const store = new SandboxStore(driver);
          for (const id of ['a', 'b', 'c']) await store.save(id, { sandbox: { state: 'ready' }, containers: new Map() });
          const { read } = driver;
          driver.read = async (key, options) => {
            if (key.endsWith('/b')) throw new PersistError('PERMISSION_DENIED', 'b is secret', { key, operation: 'read' });
            return read.call(driver, key, options);
          };
          return driver;
        } };`,
  );
  await writeFile(join(cwd, 'sandkeep.config.json'), '{ "driver": "./driver.mjs" }');
  const { code, stdout, stderr } = await sandkeep(['ls'], { cwd });
  expect(stdout).toMatch(/^a +ready.*\nb +PERMISSION_DENIED.*\nc +ready/m);
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'sandkeep: b is secret\n' });
  const json = await sandkeep(['ls', '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject([{ id: 'a' }, { error: { code: 'PERMISSION_DENIED' } }, { id: 'c' }]);
});

it('advises to remove a sandbox only where one is damaged', async () => {
  const { url, root, store } = await freshStore();
  await store.save('web', ready);
  await writeFile(join(root, '.sandkeep/format.json'), '');
  for (const args of [['ls'], ['show', 'web'], ['rm', 'web']]) {
    const { code, stderr } = await sandkeep([...args, '--url', url]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^sandkeep: .*format\.json.*\n$/) });
  }
});

it('ls and show take the states of any runtime, of any format', async () => {
  const { url, driver } = await freshStore();
  const stored = {
    layout: 1,
    format: 7,
    id: 'vm',
    savedAt: new Date().toISOString(),
    sandbox: 'up',
    containers: { a: 1 },
  };
  await driver.write('default/sandboxes/vm', Buffer.from(JSON.stringify(stored)));
  expect((await sandkeep(['ls', '--url', url])).stdout).toMatch(/^vm +- +1 /m);
  const { stdout } = await sandkeep(['show', 'vm', '--json', '--url', url]);
  expect(JSON.parse(stdout)).toMatchObject({ id: 'vm', sandbox: 'up', containers: { a: 1 } });
});

it('show prints the whole state: big integers exact, control characters escaped', async () => {
  const { url, store } = await freshStore();
  const revision = await store.save('web', running);
  const { code, stdout } = await sandkeep(['show', 'web', '--url', url]);
  expect(code).toBe(0);
  const [head, ...tree] = stdout.split('\n');
  expect(head).toMatch(new RegExp(`^web  revision ${revision}, saved 20.*Z \\(\\d+s ago\\)$`));
  expect(tree).toEqual([
    'sandbox:',
    '  state: running',
    '  memory: 18446744073709551615',
    '  note: "a\\u001b[31mb\\u009b"',
    'containers:',
    '  app:',
    '    state: running',
    '    process:',
    '      pid: 42',
    '',
  ]);
  const json = await sandkeep(['show', 'web', '--json', '--url', url]);
  expect(json.stdout).toContain('"memory":18446744073709551615');
  expect(JSON.parse(json.stdout)).toMatchObject({ id: 'web', revision, containers: { app: { process: { pid: 42 } } } });
});

it.each([
  [{ layout: 2 }, 'has layout 2'],
  [{ id: 'db' }, 'id is not valid'],
  [{ savedAt: 'today' }, 'savedAt is not valid'],
  [{ sandbox: undefined }, 'sandbox is missing'],
  [{ containers: [] }, 'containers is not valid'],
])('show refuses a document with %j', async (part, problem) => {
  const { url, driver } = await freshStore();
  const whole = { layout: 1, format: 1, id: 'vm', savedAt: new Date().toISOString(), sandbox: {}, containers: {} };
  await driver.write('default/sandboxes/vm', Buffer.from(JSON.stringify({ ...whole, ...part })));
  const { code, stderr } = await sandkeep(['show', 'vm', '--url', url]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(problem) });
  expect(stderr).toContain('It was left as it is.');
});

it('show fails for a sandbox that is missing or corrupt', async () => {
  const { url, root, driver, store } = await freshStore();
  await store.save('web', ready);
  await truncate(join(root, 'default/sandboxes/web.json'), 100);
  expect(await sandkeep(['show', 'nope', '--url', url])).toMatchObject({
    code: 3,
    stdout: '',
    stderr: 'sandkeep: there is no sandbox nope\n',
  });
  const { code, stderr } = await sandkeep(['show', 'web', '--url', url]);
  expect(code).toBe(1);
  expect(stderr).toContain(join(root, 'default/sandboxes/web.json'));
  expect(stderr).toContain('"sandkeep rm web" removes it');
  const other = new SandboxStore(driver, { namespace: 'test' });
  await other.save('web', ready);
  await truncate(join(root, 'test/sandboxes/web.json'), 100);
  const elsewhere = await sandkeep(['show', 'web', '--namespace', 'test', '--url', url]);
  expect(elsewhere.stderr).toContain('"sandkeep rm web --namespace test" removes it');
});

it('rm removes sandboxes, corrupt ones too, and says which', async () => {
  const { url, root, store } = await freshStore();
  for (const id of ['a', 'b', 'c']) await store.save(id, ready);
  await writeFile(join(root, 'default/sandboxes/b.json'), '');
  expect(await sandkeep(['rm', 'a', 'b', '--url', url])).toMatchObject({
    code: 0,
    stdout: 'removed a\nremoved b\n',
    stderr: '',
  });
  expect(await store.find('a')).toBeUndefined();
  expect(await store.find('b')).toBeUndefined();
  expect(await store.find('c')).toBeDefined();
});

it('rm removes nothing when an id is not valid', async () => {
  const { url, store } = await freshStore();
  await store.save('a', ready);
  expect(await sandkeep(['rm', 'a', 'b@d', '--url', url])).toMatchObject({ code: 2, stdout: '' });
  expect(await sandkeep(['rm', '--key', 'default/sandboxes/a', '/b', '--url', url])).toMatchObject({
    code: 2,
    stdout: '',
  });
  expect(await store.find('a')).toBeDefined();
});

it('rm of a missing sandbox removes the others, and fails', async () => {
  const { url, store } = await freshStore();
  for (const id of ['a', 'b']) await store.save(id, ready);
  expect(await sandkeep(['rm', 'a', 'nope', 'b', '--url', url])).toMatchObject({
    code: 3,
    stdout: 'removed a\nremoved b\n',
    stderr: 'sandkeep: there is no sandbox nope\n',
  });
  const { code, stdout, stderr } = await sandkeep(['rm', 'nope', '--json', '--url', url]);
  expect({ code, stdout: JSON.parse(stdout) }).toEqual({ code: 3, stdout: { removed: [], missing: ['nope'] } });
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'NOT_FOUND' } });
});

it('rm --if-revision removes that revision alone', async () => {
  const { url, store } = await freshStore();
  const old = await store.save('a', ready);
  const current = await store.save('a', ready);
  expect(await sandkeep(['rm', 'a', '--if-revision', old, '--url', url])).toMatchObject({ code: 4, stdout: '' });
  expect(await store.find('a')).toBeDefined();
  expect(await sandkeep(['rm', 'a', '--if-revision', current, '--url', url])).toMatchObject({ code: 0 });
  expect(await store.find('a')).toBeUndefined();
  expect(await sandkeep(['rm', 'a', 'b', '--if-revision', current, '--url', url])).toMatchObject({ code: 2 });
});

it('locks lists the holders', async () => {
  const { url, driver, store } = await freshStore();
  expect(await sandkeep(['locks', '--url', url])).toMatchObject({ code: 0, stdout: '', stderr: 'no locks are held\n' });
  await using lock = await store.lock('web', { info: 'upgrade' });
  await using _first = await driver.lock('other/thing', { mode: 'shared' });
  await using _second = await driver.lock('other/thing', { mode: 'shared' });
  const { code, stdout } = await sandkeep(['locks', '--url', url]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^LOCK +ID +MODE +HOST +PID +SINCE +AGE +FENCE +WAITING +WHY$/m);
  const { id, host, since } = lock.holder;
  const cells = ['default/sandboxes/web', id, 'exclusive', host, process.pid, since, '\\d+s', lock.fence, 0, 'upgrade'];
  expect(stdout).toMatch(new RegExp(`^${cells.join(' +')}$`, 'm'));
  expect(stdout.match(/^other\/thing +\S+ +shared /gm)).toHaveLength(2);
  const json = await sandkeep(['locks', '--json', '--namespace', 'default', '--url', url]);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { name: 'default/sandboxes/web', waiting: 0, holders: [{ mode: 'exclusive', pid: process.pid, info: 'upgrade' }] },
  ]);
});

it('locks --break ends the holder with that id alone', async () => {
  const { url, driver } = await freshStore();
  const [stuck, healthy] = [
    await driver.lock('shared/thing', { mode: 'shared', ttlMs: 600 }),
    await driver.lock('shared/thing', { mode: 'shared', ttlMs: 60_000 }),
  ];
  const lost = once(stuck.signal, 'abort');
  const { code, stdout } = await sandkeep(['locks', '--break', stuck.holder.id, '--url', url]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^broke the lock shared/thing: it was held shared by \\S+:${process.pid} since 20.*Z\n$`),
  );
  await lost;
  expect(stuck.signal.reason).toMatchObject({ code: 'LOCK_LOST' });
  expect(healthy.signal.aborted).toBe(false);
  const json = await sandkeep(['locks', '--break', healthy.holder.id, '--json', '--url', url]);
  expect(JSON.parse(json.stdout)).toMatchObject({ broken: { id: healthy.holder.id, name: 'shared/thing' } });
  await using _free = await driver.lock('shared/thing', { waitMs: 0 });
});

it('locks --break of an unknown id breaks nothing, and says which there are', async () => {
  const { url, driver } = await freshStore();
  expect(await sandkeep(['locks', '--break', 'x', '--url', url])).toMatchObject({
    code: 3,
    stdout: '',
    stderr: 'sandkeep: no holder has the id x: no lock is held\n',
  });
  await using lock = await driver.lock('a');
  for (const id of ['a', `${lock.holder.id.slice(0, -1)}`, 'damaged:a']) {
    const { code, stderr } = await sandkeep(['locks', '--break', id, '--url', url]);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `sandkeep: no holder has the id ${id}: there are ${lock.holder.id} (a)\n`,
    });
  }
  expect((await sandkeep(['locks', '--break', lock.holder.id, '--namespace', 'b', '--url', url])).code).toBe(3);
  await expect(driver.lock('a', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
});

it('locks --break frees a lock whose record is damaged', async () => {
  const { url, root, driver } = await freshStore();
  await (await driver.lock('a')).release();
  await writeFile(join(root, '.sandkeep/locks/a.json'), 'x');
  await expect(driver.lock('a', { waitMs: 0 })).rejects.toMatchObject({ code: 'CORRUPT' });
  expect((await sandkeep(['locks', '--url', url])).stdout).toMatch(/^a +damaged:a +CORRUPT /m);
  const json = await sandkeep(['locks', '--json', '--url', url]);
  expect(JSON.parse(json.stdout)).toMatchObject([{ name: 'a', id: 'damaged:a', error: { code: 'CORRUPT' } }]);
  expect(await sandkeep(['locks', '--break', 'damaged:a', '--url', url])).toMatchObject({
    code: 0,
    stdout: 'broke the lock a: it was a damaged record\n',
  });
  await using _lock = await driver.lock('a', { waitMs: 0 });
});

it('rm --key removes documents of any kind', async () => {
  const { url, root, driver, store } = await freshStore();
  await store.globals.write('networks', Buffer.from('x'));
  await writeFile(join(root, 'default/globals/networks.json'), 'damaged');
  const version = await driver.write('other/thing', Buffer.from('x'));
  expect(await sandkeep(['rm', '--key', 'default/globals/networks', 'nope', '--url', url])).toMatchObject({
    code: 3,
    stdout: 'removed default/globals/networks\n',
    stderr: 'sandkeep: there is no document nope\n',
  });
  const remove = ['rm', '--key', 'other/thing', '--if-revision'];
  expect(await sandkeep([...remove, 'stale', '--url', url])).toMatchObject({ code: 4 });
  expect(await sandkeep([...remove, version, '--url', url])).toMatchObject({ code: 0 });
  expect(await sandkeep(['rm', '--key', 'a', '--namespace', 'b', '--url', url])).toMatchObject({ code: 2 });
  expect(await driver.read('other/thing')).toBeUndefined();
});

it('--namespace chooses the sandboxes', async () => {
  const { url, store } = await freshStore();
  await store.save('web', ready);
  expect((await sandkeep(['show', 'web', '--namespace', 'test', '--url', url])).code).toBe(3);
  expect((await sandkeep(['--namespace', 'default', '--url', url, 'show', 'web'])).code).toBe(0);
});

it('finds the store by SANDKEEP_URL or a configuration file', async () => {
  const { url, root, store } = await freshStore();
  await store.save('web', ready);
  expect((await sandkeep(['show', 'web'], { env: { SANDKEEP_URL: url } })).code).toBe(0);
  const cwd = await directory();
  await writeFile(join(cwd, 'sandkeep.config.json'), JSON.stringify({ driver: 'fs', root }));
  expect((await sandkeep(['show', 'web'], { cwd })).code).toBe(0);
});

it('prints its version', async () => {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await sandkeep(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
});
