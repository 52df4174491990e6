import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { directory, freshStore, modulesOf, sandkeep, start } from './cli.js';

describe('help', () => {
  it('shows commands, examples and exit statuses', async () => {
    const { code, stdout, stderr } = await sandkeep(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const content of [
      'demo',
      'show [options] <id>',
      'rm [options] <id...>',
      'Examples:',
      'Exit status:',
      'SANDKEEP_URL',
    ]) {
      expect(stdout).toContain(content);
    }
  });

  it.each(['demo', 'ls', 'show', 'rm', 'locks', 'doctor', 'check', 'import', 'export', 'prune', 'backup', 'restore'])(
    '%s has examples and the common options',
    async (command) => {
      const { code, stdout } = await sandkeep([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`$ sandkeep ${command}`);
      expect(stdout).toContain('--url <url>');
    },
  );

  it.each([
    ['ls', 'else "default"'],
    ['check', 'else all'],
    ['doctor', 'else "sandkeep-doctor"'],
    ['storage', 'else "storage"'],
  ])('%s says which namespace it takes', async (command, namespace) => {
    const { stdout } = await sandkeep([command, '--help']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(`--namespace <name> the namespace of the store; ${namespace}`);
  });

  it.each([
    [['help', 'ls'], 'Usage: sandkeep ls '],
    [['help', '--json', 'ls'], 'Usage: sandkeep ls '],
    [['help'], 'Usage: sandkeep [options] [command]'],
  ])('%j is help, too', async (args, beginning) => {
    const { code, stdout, stderr } = await sandkeep(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.slice(0, beginning.length)).toBe(beginning);
  });

  it('is what one gets without a command, as wrong usage', async () => {
    const { code, stdout, stderr } = await sandkeep([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: sandkeep');
  });
});

it('the version is printed without loading a command or what it needs', async () => {
  expect((await sandkeep(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const modules = await modulesOf(['--version']);
  expect(modules).toContain('persist-cli/dist/program.js');
  expect(modules).not.toMatch(/dist\/commands|persist-api|zod/);
});

it('a command is run without loading the others', async () => {
  const modules = await modulesOf(['rm', '--url', 'memory:', 'web']);
  expect(modules).toContain('dist/commands/rm.js');
  expect(modules).not.toMatch(/dist\/commands\/(?!rm\.js)/);
});

describe('wrong usage has exit status 2, one message and no stack', () => {
  it.each([
    [['help', 'lss'], 'unknown command \'lss\'\n(Did you mean ls?)\nTry "sandkeep --help".\n'],
    [['lss'], '(Did you mean ls?)\nTry "sandkeep --help".\n'],
    [['ls', '--ulr', 'x'], '(Did you mean --url?)\nTry "sandkeep ls --help".\n'],
    [['storage', 'images', '--roto', 'x'], 'Try "sandkeep storage --help".'],
    [['show'], "missing required argument 'id'"],
    [['rm'], "missing required argument 'id'"],
    [['show', 'a', 'b'], 'too many arguments'],
    [['ls'], 'no store is chosen: give --url'],
    [['ls', '--url', 'bogus'], 'expected a URL with a scheme'],
    [['ls', '--url', '/var/lib/sandkeep'], 'such as file:///var/lib/sandkeep'],
    [['ls', '--url', 'fil:///x'], 'did you mean "file"?'],
    [['ls', '--url', 'file:///tmp?durabilty=full'], 'did you mean "durability"?'],
    [['show', '../x', '--url', 'memory:'], 'sandbox id "../x" is not valid'],
    [['ls', '--namespace', 'a/b', '--url', 'memory:'], 'namespace "a/b" is not valid'],
    [['locks', '--namespace', 'a/b', '--url', 'memory:'], 'namespace "a/b" is not valid'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await sandkeep(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^sandkeep: /);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it.each([
    [['lss', '--json'], "unknown command 'lss'"],
    [['ls', '--json', '--url', 'fil:///x'], 'did you mean "file"?'],
  ])('%j: as JSON', async (args, message) => {
    const { code, stdout, stderr } = await sandkeep(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    });
  });
});

describe('other failures', () => {
  it('a missing store is 3', async () => {
    const root = join(await directory(), 'nope');
    expect(await sandkeep(['ls', '--url', `file://${root}`])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`${root} does not exist`),
    });
  });

  it('an error in the configuration names where it came from', async () => {
    const cwd = await directory();
    const file = join(cwd, 'sandkeep.config.json');
    await writeFile(file, '{ "driver": "fs", "roof": "/x" }');
    expect((await sandkeep(['ls'], { cwd })).stderr).toMatch(`sandkeep: ${file}: `);
    expect((await sandkeep(['ls'], { env: { SANDKEEP_URL: 'fil:///x' } })).stderr).toMatch('sandkeep: SANDKEEP_URL: ');
    expect((await sandkeep(['ls', '--url', 'fil:///x'])).stderr).toMatch('sandkeep: --url: ');
  });

  it('a broken configuration file is 2, and named', async () => {
    const cwd = await directory();
    await writeFile(join(cwd, 'sandkeep.config.json'), '{');
    expect(await sandkeep(['ls'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(join(cwd, 'sandkeep.config.json')),
    });
  });

  it('never shows a password', async () => {
    const { stderr } = await sandkeep(['ls', '--url', 'redsi://me:hunter2@host/0?password=hunter2']);
    expect(stderr).toContain('did you mean "redis"?');
    expect(stderr).not.toContain('hunter2');
  });

  it('a warning of a driver is one line', async () => {
    const cwd = await directory();
    await writeFile(
      join(cwd, 'driver.mjs'),
      `export const driver = { name: 'risky', schemes: [], fromUrl() {},
        configSchema: { safeParse: (data) => ({ success: true, data }) },
        async open() {
          process.emitWarning('nothing is\\n\\nflushed', { type: 'SandkeepWarning', code: 'RISKY' });
          return { specVersion: 1, async *list() {}, [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {} };
        } };`,
    );
    await writeFile(join(cwd, 'sandkeep.config.json'), '{ "driver": "./driver.mjs" }');
    expect(await sandkeep(['ls'], { cwd })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^sandkeep: warning: nothing is flushed$/m),
    });
    const { stderr } = await sandkeep(['ls', '--json'], { cwd });
    expect(JSON.parse(stderr)).toEqual({ warning: { code: 'RISKY', message: 'nothing is flushed' } });
  });

  it('an unexpected error shows its stack', async () => {
    const cwd = await directory();
    const driver = `export const driver = { name: 'buggy', schemes: [], fromUrl() {},
      configSchema: { safeParse: (data) => ({ success: true, data }) },
      open: async () => ({ specVersion: 1, list() { throw new TypeError('a bug'); }, [Symbol.asyncDispose || Symbol.for('Symbol.asyncDispose')]() {} }) };`;
    await writeFile(join(cwd, 'driver.mjs'), driver);
    await writeFile(join(cwd, 'sandkeep.config.json'), '{ "driver": "./driver.mjs" }');
    const { code, stderr } = await sandkeep(['ls'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sandkeep: unexpected error\nTypeError: a bug\n +at /);
  });
});

describe('output', () => {
  it('has no colours when it is no terminal, even where CI is set', async () => {
    const { url, store } = await freshStore();
    await store.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
    const { stdout } = await sandkeep(['ls', '--url', url], { env: { CI: '1' } });
    expect(stdout).toContain('web');
    expect(stdout).not.toContain('\u001b');
  });

  it.skipIf(!existsSync('/dev/full')).each([['ls'], ['ls', '--json']])(
    '%s %s that cannot be written is one error',
    async (...args) => {
      const { url, store } = await freshStore();
      await store.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
      await using full = await open('/dev/full', 'w');
      const child = start([...args, '--url', url], { stdio: ['ignore', full.fd, 'pipe'] });
      const [[code], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr as NodeJS.ReadableStream)]);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/^.*the output cannot be written: ENOSPC.*\n$/),
      });
      if (args.includes('--json')) expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'FAILED' } });
    },
  );

  it.each([['ls'], ['show', 'big']])('%s ends quietly when nobody reads it', async (...args) => {
    const { url, store } = await freshStore();
    const note = 'x'.repeat(2_000_000);
    await store.save('big', { sandbox: { state: 'ready', note }, containers: new Map() });
    const child = start([...args, '--url', url]);
    child.stdout?.destroy();
    const [[code], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr as NodeJS.ReadableStream)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
