import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RedisServer } from '../services/redis-server.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const packages = ['api', 'fs', 'kata', 'storage', 'redis', 'conformance', 'cli'].map(
  (name) => `packages/persist-${name}`,
);
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

let directory: string;
let server: RedisServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sandkeep-published-'));
  server = await RedisServer.start();
  const tarballs = join(directory, 'tarballs');
  execFileSync('mkdir', [tarballs]);
  const workspaces = packages.flatMap((path) => ['--workspace', path]);
  npm(['pack', '--ignore-scripts', '--pack-destination', tarballs, ...workspaces], repository);
  writeFileSync(join(directory, 'package.json'), '{ "private": true }');
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', ...files], directory);
  await using(server, (client) => client.set('mine', '1'));
}, 300_000);

afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await server.kill();
});

test('npx sandkeep conformance redis://… works, and leaves no key', async () => {
  const { code, stdout, stderr } = await conformance('A3,C,D33,I71-processes').ended;
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toMatch(/in namespace sandkeep-conformance-\w+-\*: nothing else is touched, and it is removed/);
  expect(stdout).toMatch(/^all +9 +0 +0 /m);
  expect(await keys()).toEqual(['mine']);
}, 120_000);

test('Ctrl-C in the middle leaves no key and no process', async () => {
  const run = conformance('A3,I85', { detached: true });
  await vi.waitFor(
    async () => {
      expect(run.output()).toContain('passed A3');
      expect((await keys()).some((key) => key.includes(':l:clock'))).toBe(true);
    },
    { timeout: 60_000, interval: 20 },
  );
  const group = -(run.pid as number);
  process.kill(group, 'SIGINT'); // to all of them, as a terminal does
  const { code } = await run.ended;
  expect(code).not.toBe(0);
  expect(run.output()).toContain('interrupted: what it had made is removed');
  expect(run.output()).not.toContain('FAILED');
  expect(await keys()).toEqual(['mine']);
  expect(() => process.kill(group, 0), 'nobody of its group is left').toThrow('ESRCH');
}, 120_000);

function npm(args: readonly string[], cwd: string): void {
  execFileSync('npm', args, { cwd, env, stdio: 'pipe' });
}

function conformance(only: string, options: SpawnOptions = {}) {
  const args = ['sandkeep', 'conformance', server.url, '--only', only];
  const child = spawn('npx', ['--no', ...args], { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name]?.on('data', (chunk) => (said[name] += chunk));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  return { pid: child.pid, output: () => said.stdout + said.stderr, ended };
}

function keys(): Promise<string[]> {
  return using(server, (client) => client.keys('*'));
}

async function using<T>(
  server: RedisServer,
  use: (client: ReturnType<RedisServer['client']>) => Promise<T>,
): Promise<T> {
  const client = server.client();
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
