import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { directory, finished, freshStore, sandkeep, start } from './cli.js';

const faulty = fileURLToPath(new URL('fixtures/faulty-harness.js', import.meta.url));

describe('on the URL of a store', () => {
  it('says where it works, tells what it found, and leaves what was there as it was', async () => {
    const { url, root, store } = await freshStore();
    await store.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
    const { code, stdout, stderr } = await sandkeep([
      'conformance',
      url,
      '--only',
      'C,D33,A8,A9,A10,E54,J88-processes',
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.any(String) });
    const [first, ...progress] = stderr.trimEnd().split('\n');
    expect(first).toMatch(
      /^on file:\S+, in directory \S+\/\.sandkeep-conformance-\w+-\*: nothing else is touched, and/,
    );
    expect(progress.map((line) => line.replace(/ \w+ .*/s, ''))).toContain('passed');
    expect(progress.filter((line) => line.startsWith('passed'))).toHaveLength(10);
    expect(stdout).toMatch(/^C\. Remove +6 +0 +0 +\d+\.\d s$/m);
    expect(stdout).toMatch(/^all +10 +0 +2 +\d+\.\d s$/m);
    expect(stdout).toContain('not verified: A10: the harness has no openWithClient');
    expect(stdout).toContain('not verified: E54: the harness has no corrupt');
    expect(stdout).toMatch(/^level core: not reached \(\d+ of its cases did not run\)$/m);
    expect(readdirSync(root).sort()).toEqual(['.sandkeep', 'default']);
    expect((await store.load('web')).sandbox.state).toBe('ready');
  });

  it('reaches core with everything that one process can show', async () => {
    const { code, stdout } = await sandkeep(['conformance', 'memory:', '--only', 'core']);
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('level core: reached');
    expect(stdout).toMatch(/^level concurrent: not reached \(\d+ of its cases did not run\)$/m);
  }, 60_000);

  it('has no processes to offer for a driver that keeps its state inside its own', async () => {
    const { code, stdout } = await sandkeep(['conformance', 'memory:', '--only', 'A9,D42,D33']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^all +2 +0 +1 /m);
    expect(stdout).toContain('not verified: D42: the driver declares capabilities.shared as false');
  });
});

describe('on a harness', () => {
  it('tells the story of a failure, with the command that repeats it', async () => {
    const { code, stdout, stderr } = await sandkeep(['conformance', faulty, '--only', 'D32,D33', '--seed', '7']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sandkeep: 1 of 2 cases failed$/m);
    expect(stdout).toMatch(/^D\. Compare and swap +1 +1 +0 /m);
    expect(stdout).toContain('FAILED D33 a stale version is CONFLICT and changes nothing');
    expect(stdout).toContain('write with a stale version (CONFLICT expected) must reject, but resolved');
    expect(stdout).toContain('Why it matters: A writer that read before');
    expect(stdout).toMatch(/at .*d-compare-and-swap\.js:\d+/);
    expect(stdout).toContain('level core: not reached (held back by D33; ');
    const [, command] = /To repeat it \(seed 7\): npx (sandkeep .*)$/m.exec(stdout) ?? [];
    expect(command).toBe(`sandkeep conformance ${faulty} --only D33 --seed 7`);
    expect(await sandkeep((command ?? '').split(' ').slice(1))).toMatchObject({ code: 1 });
  });

  it('writes the report as JSON and as JUnit XML', async () => {
    const cwd = await directory();
    const args = ['--only', 'A8,D32,D33', '--seed', '7', '--json', 'report.json', '--junit', 'report.xml'];
    const { code, stdout, stderr } = await sandkeep(['conformance', faulty, ...args], { cwd });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^sandkeep: 1 of 3/m) });
    expect(stdout).toContain('D. Compare and swap');
    const report = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8'));
    expect(report).toMatchObject({ seed: 7, totals: { passed: 1, failed: 1, notVerified: 1 } });
    const xml = readFileSync(join(cwd, 'report.xml'), 'utf8');
    expect(xml).toMatch(/<testsuites .*tests="3" failures="1" errors="0" skipped="1"/);
    expect(xml).toMatch(/<testsuite name="D\. Compare and swap"[^>]* tests="2" failures="1"/);
    expect(xml).toMatch(
      /<testcase [^>]*name="D33 a stale version[^>]*>\s*<failure message="write with a stale version/,
    );
    expect(xml).toContain(`npx sandkeep conformance ${faulty} --only D33 --seed 7`);
    expect(xml).toContain('not verified: the harness has no openMissing');
  });
});

describe('what cannot be run is one clear error', () => {
  it.each([
    [['conformance'], 2, "missing required argument 'target'"],
    [['conformance', 'memory:', '--only', 'D,Q7'], 2, 'only "Q7" is not valid: expected a section (A, B, C'],
    [['conformance', 'memory:', '--seed', '-1'], 2, 'expected an integer from 0'],
    [['conformance', 'memory:', '--seed', '4294967296'], 2, 'seed 4294967296 is not valid'],
    [['conformance', 'memory:', '--json'], 2, "option '--json <file>' argument missing"],
    [['conformance', 'memory:', '--json', '/nope/report.json'], 2, '--json /nope/report.json cannot be written'],
    [['conformance', 'reddis://localhost'], 2, 'did you mean "redis"?'],
    [['conformance', 'file:///nope/sub'], 3, '/nope/sub does not exist: make the directory first'],
    [['conformance', './nope.js'], 1, './nope.js does not exist: give the URL of a store, or the file of a harness'],
    [['conformance', '/'], 1, '/ is a directory: give file:///'],
    [['conformance', 'redis://127.0.0.1:1?commandTimeoutMs=200'], 1, 'redis://127.0.0.1:1 cannot be opened: '],
  ])('%j', async (args, code, message) => {
    const result = await sandkeep(args);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
    expect(result.stderr).not.toMatch(/^ +at /m);
    expect(result.stderr).not.toContain('FAILED');
  });

  it.each([
    ['export const harness = {};', 'no-default.mjs is no harness: harness is not valid: it is undefined: expected an'],
    ["export default { name: 'x', open() {} };", 'create must be a function; openPeer must be a function; dispose'],
    ["import './missing.mjs';", 'no-default.mjs cannot be imported: Cannot find module'],
    [
      "export default { name: 'x', async create() { throw new Error('no disk'); }, open() {}, openPeer() {}, dispose() {} };",
      'no-default.mjs cannot be opened: no disk',
    ],
  ])('%s', async (source, message) => {
    const cwd = await directory();
    await writeFile(join(cwd, 'no-default.mjs'), source);
    const result = await sandkeep(['conformance', './no-default.mjs'], { cwd });
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) });
  });

  it('a driver without scratch storages asks for a harness', async () => {
    const cwd = await directory();
    const packageDirectory = join(cwd, 'node_modules/@sandkeep/persist-redis');
    execFileSync('mkdir', ['-p', packageDirectory]);
    await writeFile(
      join(packageDirectory, 'package.json'),
      '{ "name": "x", "type": "module", "exports": "./main.js" }',
    );
    await writeFile(
      join(packageDirectory, 'main.js'),
      `export const driver = { name: 'redis', schemes: ['redis'], fromUrl: () => ({}), open() {},
        configSchema: { safeParse: (data) => ({ success: true, data }) } };`,
    );
    const { code, stderr } = await sandkeep(['conformance', 'redis://localhost'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(
        'the redis driver cannot make storages for tests beside those of others: write a',
      ),
    });
  });
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'interrupted by %s, it removes what it made and ends its child processes',
  async (signal, code) => {
    const root = await directory();
    const child = start(['conformance', pathToFileURL(root).href, '--only', 'A3,I85']);
    let output = '';
    child.stderr?.on('data', (chunk) => (output += chunk));
    const result = finished(child);
    let children: number[] = [];
    await vi.waitFor(
      async () => {
        expect(output).toContain('passed A3');
        children = await childrenOf(child.pid as number);
        expect(children).toHaveLength(2);
        expect(readdirSync(root)).toHaveLength(1);
      },
      { timeout: 30_000, interval: 20 },
    );
    child.kill(signal);
    expect(await result).toMatchObject({ code, stdout: '' });
    expect(output).toMatch(/interrupted: what it had made is removed\n$/);
    expect(output).not.toContain('FAILED');
    for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(readdirSync(root)).toEqual([]);
  },
  60_000,
);

it('cleans up after a failing case, too', async () => {
  const root = await directory();
  const preload = join(root, 'break.mjs');
  await writeFile(
    preload,
    `const { driver } = await import(${JSON.stringify(import.meta.resolve('@sandkeep/persist-fs'))});
     const open = driver.open;
     driver.open = async (config) => {
       const opened = await open(config);
       const write = opened.write.bind(opened);
       return Object.assign(opened, { write: (key, data) => write(key, data) });
     };`,
  );
  const empty = await directory();
  const { code, stdout } = await sandkeep(['conformance', pathToFileURL(empty).href, '--only', 'D33,C26'], {
    env: { NODE_OPTIONS: `--import ${pathToFileURL(preload).href}` },
  });
  expect(code).toBe(1);
  expect(stdout).toContain('FAILED D33');
  expect(stdout).toMatch(/^C\. Remove +1 +0 /m);
  expect(readdirSync(empty)).toEqual([]);
});

it('an error that nobody handles fails the run, but does not keep it from cleaning up', async () => {
  const root = await directory();
  const preload = join(await directory(), 'break.mjs');
  await writeFile(
    preload,
    `const { driver } = await import(${JSON.stringify(import.meta.resolve('@sandkeep/persist-fs'))});
     const open = driver.open;
     driver.open = async (config) => {
       const opened = await open(config);
       const remove = opened.remove.bind(opened);
       return Object.assign(opened, {
         remove(...args) {
           Promise.reject(new Error('left alone'));
           return remove(...args);
         },
       });
     };`,
  );
  const { code, stdout, stderr } = await sandkeep(['conformance', pathToFileURL(root).href, '--only', 'A3,C27'], {
    env: { NODE_OPTIONS: `--import ${pathToFileURL(preload).href}` },
  });
  expect(stderr).toMatch(/^sandkeep: nobody handled \d+ errors$/m);
  expect(stdout).toContain('NOBODY HANDLED, while C27 ran: Error: left alone');
  expect(stdout).toMatch(/^all +2 +0 +0 /m);
  expect(code).toBe(1);
  expect(readdirSync(root)).toEqual([]);
});

it('no other command loads the suite', async () => {
  const hooks = `export const resolve = (specifier, context, next) => {
    if (specifier.startsWith('@sandkeep/persist-conformance')) throw new Error('the suite was loaded');
    return next(specifier, context);
  };`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
  const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(register)}` };
  expect(await sandkeep(['--version'], { env })).toMatchObject({ code: 0 });
  expect(await sandkeep(['conformance', '--help'], { env })).toMatchObject({ code: 0 });
  expect((await sandkeep(['conformance', 'memory:'], { env })).stderr).toContain('the suite was loaded');
});

/** The processes that one has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const ps = spawn('ps', ['-eo', 'pid=,ppid='], { stdio: ['ignore', 'pipe', 'inherit'] });
  const rows = (await text(ps.stdout)).split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return rows.filter(([, parent]) => parent === pid).map(([child]) => child as number);
}
