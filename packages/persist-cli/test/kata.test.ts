import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeJson, SandboxStore } from '@sandkeep/persist-api';
import { describe, expect, it } from 'vitest';
import { directory, finished, freshStore, modulesOf, sandkeep, start } from './cli.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../persist-kata/test/fixtures/${name}`, import.meta.url));

/** A tree of these sandboxes, without containers. */
async function tree(...ids: string[]): Promise<string> {
  const root = await directory();
  for (const id of ids) {
    await mkdir(join(root, 'sbs', id), { recursive: true });
    await writeFile(join(root, 'sbs', id, 'persist.json'), '{"State":"running"}\n');
  }
  return root;
}

/** The values of every persist.json below a directory, by its path. */
function valuesOf(root: string): Record<string, unknown> {
  const paths = readdirSync(root, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('persist.json'));
  return Object.fromEntries(paths.map((path) => [path, decodeJson(readFileSync(join(root, path), 'utf8'))]));
}

const json = async (...args: string[]) => {
  const { code, stdout } = await sandkeep([...args, '--json']);
  return { code, ...JSON.parse(stdout) };
};

it('other commands do not load what only these need', async () => {
  const modules = await modulesOf(['locks', '--url', 'memory:']);
  expect(modules).toContain('persist-cli/dist/commands/locks.js');
  expect(modules).not.toContain('persist-kata/');
});

describe('ls and show --kata', () => {
  it('list the sandboxes of a host', async () => {
    const { code, stdout, stderr } = await sandkeep(['ls', '--kata', fixture('kata-2')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ID +STATE.*\nweb +running +3 +\S+ ago +-\n$/);
    expect(JSON.parse((await sandkeep(['ls', '--kata', fixture('kata-2'), '--json'])).stdout)).toMatchObject([
      { id: 'web', state: 'running', containers: ['web', 'web-1', 'web-2'] },
    ]);
  });

  it('tell damaged ones among the others', async () => {
    const { code, stdout, stderr } = await sandkeep(['ls', '--kata', fixture('damaged')]);
    expect(stdout).toMatch(/^bad-container +CORRUPT.*\nempty +CORRUPT.*\ngood +running[^]*\nzz-last +running/m);
    expect(stdout).not.toContain('no-state');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('6 of 8 sandboxes cannot be read') });
  });

  it('show a sandbox with exact integers', async () => {
    const { code, stdout } = await sandkeep(['show', 'old', '--kata', fixture('kata-1')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^old {2}saved \S+ \(\S+ ago\)\nsandbox:\n {2}persistVersion: 1\n {2}state: running\n/);
    expect(stdout).toContain('    shmSize: 18446744073709551615\n');
    const bad = await sandkeep(['show', 'junk', '--kata', fixture('damaged')]);
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('junk/persist.json is damaged') });
    expect((await sandkeep(['show', 'no-state', '--kata', fixture('damaged')])).code).toBe(3);
  });

  it('tell a missing host from a missing sandbox', async () => {
    const missing = join(await directory(), 'run/vc');
    for (const args of [['ls'], ['show', 'web']]) {
      const { code, stderr } = await sandkeep([...args, '--kata', missing]);
      expect({ code, stderr }).toEqual({
        code: 3,
        stderr: expect.stringContaining(`${missing}: there is no such file`),
      });
    }
  });

  it('touch nothing', async () => {
    const root = await directory();
    cpSync(fixture('kata-2'), root, { recursive: true });
    const look = () =>
      readdirSync(root, { recursive: true }).map((path) => {
        const { mode, mtimeNs, ctimeNs } = statSync(join(root, String(path)), { bigint: true });
        return { path, mode, mtimeNs, ctimeNs };
      });
    chmodSync(join(root, 'sbs'), 0o500);
    const before = look();
    expect((await sandkeep(['ls', '--kata', root])).code).toBe(0);
    expect((await sandkeep(['show', 'web', '--kata', root])).code).toBe(0);
    expect(look()).toEqual(before);
  });

  it.each([
    [['ls', '--kata', '/run/vc', '--url', 'memory:'], 2, '--kata and --url are given'],
    [['ls', '--kata', '/run/vc', '--namespace', 'x'], 2, '--kata and --namespace are given'],
    [['show', '../x', '--kata', '/nowhere'], 2, 'sandbox id "../x" is not valid'],
    [['ls', '--kata', '/nowhere'], 3, '/nowhere'],
  ])('%j is told', async (args, code, problem) => {
    expect(await sandkeep(args)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(problem) });
  });
});

describe('import and export', () => {
  it.each(['kata-1', 'kata-2', 'kata-4'])('%s keeps its values through a store', async (name) => {
    const { url } = await freshStore();
    const to = join(await directory(), 'vc');
    const imported = await sandkeep(['import', '--from', fixture(name), '--url', url]);
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ID .*\n\w+ +imported +-\n$/) });
    expect(imported.stderr).toBe('1 imported\n');
    const exported = await sandkeep(['export', '--to', to, '--url', url]);
    expect(exported).toMatchObject({ code: 0, stderr: '1 exported\n' });
    expect(valuesOf(to)).toEqual(valuesOf(fixture(name)));
  });

  it('take what can be read, and tell the rest with the reason', async () => {
    const { url, store } = await freshStore();
    const { code, stdout, stderr } = await sandkeep(['import', '--from', fixture('damaged'), '--url', url]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^junk +failed +.*junk\/persist\.json is damaged: .* at position 51$/m);
    expect(stdout).toMatch(/^no-state +skipped +it holds no state$/m);
    expect(stderr).toContain('2 imported, 1 skipped, 7 failed\n');
    expect(stderr).toContain('sandkeep: 7 sandboxes failed: bad-container, empty, junk,');
    const ids: string[] = [];
    for await (const id of store.list()) ids.push(id);
    expect(ids).toEqual(['good', 'zz-last']);
  });

  it('a second run skips what is the same; conflicts are told and left, unless overwritten', async () => {
    const { url, store } = await freshStore();
    const from = await tree('a', 'b', 'c');
    await store.save('b', { sandbox: { state: 'stopped' }, containers: new Map() });
    const first = await json('import', '--from', from, '--url', url);
    expect(first).toMatchObject({
      code: 4,
      written: ['a', 'c'],
      conflicts: [{ id: 'b', error: { code: 'CONFLICT' } }],
    });
    expect((await store.load('b')).sandbox.state).toBe('stopped');
    const { revision } = await store.load('a');
    const second = await sandkeep(['import', '--from', from, '--url', url]);
    expect(second).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/^a +unchanged.*\nb +conflict.*\nc +unchanged/m),
    });
    expect(second.stderr).toContain('there is another state of sandbox b; --overwrite replaces it');
    const third = await json('import', '--from', from, '--url', url, '--overwrite');
    expect(third).toMatchObject({ code: 0, written: ['b'], unchanged: ['a', 'c'], conflicts: [], failed: [] });
    expect((await store.load('b')).sandbox.state).toBe('running');
    expect((await store.load('a')).revision).toBe(revision);

    const to = await tree('b');
    await writeFile(join(to, 'sbs/b/persist.json'), '{"State":"paused"}\n');
    expect(await json('export', '--to', to, '--url', url)).toMatchObject({
      code: 4,
      written: ['a', 'c'],
      conflicts: [{ id: 'b' }],
    });
    expect(await json('export', '--to', to, '--url', url)).toMatchObject({ code: 4, unchanged: ['a', 'c'] });
    expect(readFileSync(join(to, 'sbs/b/persist.json'), 'utf8')).toBe('{"State":"paused"}\n');
    expect(await json('export', '--to', to, '--url', url, '--overwrite')).toMatchObject({ code: 0, written: ['b'] });
    expect(valuesOf(to)).toEqual(valuesOf(from));
  });

  it('a state that is there, but cannot be read, is a conflict, too', async () => {
    const { url, root, store } = await freshStore();
    const from = await tree('a');
    await store.save('a', { sandbox: { state: 'ready' }, containers: new Map() });
    await writeFile(join(root, 'default/sandboxes/a.json'), '');
    expect(await json('import', '--from', from, '--url', url)).toMatchObject({ code: 4, conflicts: [{ id: 'a' }] });
    expect(await json('import', '--from', from, '--url', url, '--overwrite')).toMatchObject({
      code: 0,
      written: ['a'],
    });
    await writeFile(join(from, 'sbs/a/persist.json'), '{');
    expect(await json('export', '--to', from, '--url', url)).toMatchObject({ code: 4, conflicts: [{ id: 'a' }] });
    expect(await json('export', '--to', from, '--url', url, '--overwrite')).toMatchObject({ code: 0, written: ['a'] });
    expect((await store.load('a')).sandbox.state).toBe('running');
  });

  it('--dry-run tells the same and changes nothing', async () => {
    const { url, store } = await freshStore();
    const from = await tree('a', 'b');
    const to = join(await directory(), 'vc');
    expect(await json('import', '--from', from, '--url', url, '--dry-run')).toMatchObject({
      dryRun: true,
      written: ['a', 'b'],
    });
    expect(await store.find('a')).toBeUndefined();
    await sandkeep(['import', '--from', from, '--url', url]);
    const { code, stdout } = await sandkeep(['export', '--to', to, '--url', url, '--dry-run']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^a +would be exported/m) });
    expect(existsSync(to)).toBe(false);
  });

  it('a sandbox of another runtime is told, and the others are exported', async () => {
    const { url, driver } = await freshStore();
    const other = { sandbox: { anything: 1 }, containers: new Map() };
    const accept = { '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) } };
    await new SandboxStore(driver, { schema: { sandbox: accept, container: accept } }).save('other', other);
    await sandkeep(['import', '--from', await tree('a', 'z'), '--url', url]);
    const result = await json('export', '--to', await directory(), '--url', url);
    expect(result).toMatchObject({
      code: 1,
      written: ['a', 'z'],
      failed: [{ id: 'other', error: { code: 'CORRUPT' } }],
    });
  });

  it('Ctrl-C ends it between two calls, reports what was done, and a second run goes on', async () => {
    const cwd = await directory();
    const fs = new URL('../../persist-fs/dist/index.js', import.meta.url).href;
    await writeFile(
      join(cwd, 'driver.mjs'),
      `import { openFsDriver } from '${fs}';
        export const driver = { name: 'slow', schemes: [], fromUrl() {},
          configSchema: { safeParse: (data) => ({ success: true, data }) },
          async open() {
            const driver = await openFsDriver({ root: ${JSON.stringify(join(cwd, 'store'))}, create: true });
            const { read } = driver;
            driver.read = async (key, options) => {
              if (key.endsWith('/b') && process.env.SLOW) {
                process.stderr.write('reached');
                await new Promise((resolve, reject) => {
                  const timer = setTimeout(resolve, 3_600_000);
                  options.signal.addEventListener('abort', () => { clearTimeout(timer); reject(options.signal.reason); });
                });
              }
              return read.call(driver, key, options);
            };
            return driver;
          } };`,
    );
    await writeFile(join(cwd, 'sandkeep.config.json'), '{ "driver": "./driver.mjs" }');
    const from = await tree('a', 'b', 'c');
    const child = start(['import', '--from', from], { cwd, env: { SLOW: '1' } });
    const end = finished(child);
    if (child.stderr === null) throw new Error('its output is not piped');
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    expect(await end).toMatchObject({
      code: 130,
      stdout: expect.stringMatching(/^a +imported/m),
      stderr: expect.stringContaining('interrupted: run it again to go on'),
    });
    const again = await sandkeep(['import', '--from', from, '--json'], { cwd });
    expect(JSON.parse(again.stdout)).toMatchObject({ written: ['b', 'c'], unchanged: ['a'] });
  });

  it.each([
    [['import', '--url', 'memory:'], 2, "required option '--from <directory>' not specified"],
    [['export', '--url', 'memory:'], 2, "required option '--to <directory>' not specified"],
    [['export', '--to', '/etc/passwd', '--url', 'memory:'], 2, 'root /etc/passwd is not a directory'],
    [['import', '--from', '/nowhere', '--url', 'memory:'], 3, '/nowhere'],
    [
      ['import', '--from', '/tmp', '--url', 'memory:'],
      3,
      '/tmp has no directory sbs: expected a directory such as /run/vc',
    ],
  ])('%j is told', async (args, code, problem) => {
    expect(await sandkeep(args)).toMatchObject({ code, stderr: expect.stringContaining(problem) });
  });
});
