import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDriver, SandboxStore } from '@sandkeep/persist-api';
import { writeKataTree } from '@sandkeep/persist-kata';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisService, redisService } from '../services/redis-service.js';
import { busyboxImage } from '../storage/busybox-image.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { requireTool } from '../support/tools.js';
import { codeBlocks, codeOf, repository } from './code-blocks.js';
import { transcript } from './transcript.js';

let redis: RedisService;
beforeAll(async () => {
  redis = await redisService('single');
});
afterAll(() => redis?.close());

/** Runs what is not an installation, in a shell that has the command `sandkeep`, and stops at the first failure. */
async function inShell(script: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const lines = script.split('\n').filter((line) => !/^npm (install|ci)\b/.test(line));
  const path = `${join(repository, 'node_modules/.bin')}:${process.env.PATH}`;
  const { stdout } = await promisify(execFile)('sh', ['-ec', ['npx() { "$@"; }', ...lines].join('\n')], {
    cwd,
    env: { ...process.env, PATH: path, ...env },
  });
  return stdout;
}

/** The commands of all `console` blocks of a page. */
function commandsOf(page: string): string {
  const blocks = codeBlocks(page).filter(({ language }) => language === 'console');
  return blocks.flatMap(({ code }) => transcript(code).map(({ command }) => command)).join('\n');
}

async function storeIn(directory: string): Promise<void> {
  const driver = await openDriver({ driver: 'fs', root: directory, create: true });
  const store = new SandboxStore(driver);
  await store.save('web', { sandbox: { state: 'stopped' }, containers: new Map() });
  await driver.close();
}

/** An address of its own on the server, so that pages do not meet. */
const redisUrl = (namespace: string) => `${redis.url}?namespace=${namespace}`;

test('docs/operations.md', async () => {
  const directory = temporaryDirectory();
  await storeIn(join(directory, 'source'));
  const script = codeOf('docs/operations.md', 'sh')
    .replaceAll('file:///var/lib/sandkeep', `file://${directory}/source`)
    .replaceAll('file:///var/lib/restored', `file://${directory}/restored`)
    .replaceAll('sandkeep-2026-11-22.tar.gz', '"sandkeep-$(date +%F).tar.gz"')
    .replaceAll('redis://redis.internal', redisUrl('docs-operations'));
  await inShell(script, directory, { SANDKEEP_URL: `file://${directory}/source` });
  const copied = await inShell(`sandkeep ls --json --url '${redisUrl('docs-operations')}'`, directory);
  expect(copied).toContain('"web"');
});

test('docs/getting-started.md', async () => {
  const directory = temporaryDirectory();
  await storeIn(join(directory, 'state'));
  const said = await inShell(codeOf('docs/getting-started.md', 'sh'), directory);
  expect(said).toMatch(/^web +stopped +0 /m);
  expect(said).toMatch(/^sandbox:\n {2}state: stopped$/m);
});

test('packages/persist-fs/README.md', async () => {
  requireTool('jq', 'jq');
  const directory = temporaryDirectory();
  await storeIn(join(directory, 'state'));
  expect(await inShell(codeOf('packages/persist-fs/README.md', 'sh'), directory)).toMatch(/"state": "stopped"/);
});

test.each([
  ['docs/kata.md', 'redis://state.example'],
  ['packages/persist-kata/README.md', 'redis://localhost:6379'],
])('%s', async (page, url) => {
  const directory = temporaryDirectory();
  await writeKataTree(join(directory, 'run'), [{ id: 'web', sandbox: { state: 'running' }, containers: new Map() }]);
  const script = commandsOf(page)
    .replaceAll('/run/vc', './run')
    .replaceAll(url, redisUrl(`docs-${page.replace(/\W+/g, '-')}`));
  expect(await inShell(script, directory)).toMatch(/^web\b.*\bimported\b/m);
});

test.runIf(process.geteuid?.() === 0)('docs/storage.md', async () => {
  const directory = temporaryDirectory();
  await busyboxImage(join(directory, 'busybox'));
  const script = codeOf('docs/storage.md', 'sh')
    .replace('file:///var/lib/sandkeep', `file://${directory}/records?create=true`)
    .replaceAll(/sandkeep storage (\w+)/g, `sandkeep storage $1 --root ${directory}/storage`);
  expect(await inShell(script, directory)).toMatch(/^hello$/m);
});

test('docs/configuration.md', async () => {
  requireTool('openssl', 'openssl');
  const directory = temporaryDirectory();
  const script = codeOf('docs/configuration.md', 'sh').replace(
    'redis://redis.internal?',
    `${redisUrl('docs-configuration')}&`,
  );
  expect(await inShell(`${script}\nsandkeep ls --json`, directory)).toMatch(/^\[\]$|^$/m);
});

test('what is run in this repository is a script of its package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const pages = ['README.md', 'CONTRIBUTING.md', 'docs/benchmarks.md', 'docs/packages.md'];
  const lines = pages.flatMap((page) =>
    codeBlocks(page)
      .filter(({ language }) => language === 'sh')
      .map(({ code }) => code),
  );
  const named = lines.join('\n').matchAll(/npm (?:run )?([\w:]+)/g);
  const names = [...named].map(([, name = '']) => name).filter((name) => !['ci', 'install'].includes(name));
  expect(names).toEqual(expect.arrayContaining(['start', 'test', 'bench', 'lint']));
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
});
