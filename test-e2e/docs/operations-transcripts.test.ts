import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDriver, SandboxStore } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { mountSmall } from '../support/small-file-system.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { codeBlocks, repository } from './code-blocks.js';
import { lasting, transcript } from './transcript.js';

const transcripts = codeBlocks('docs/operations.md')
  .filter(({ language }) => language === 'console')
  .map(({ code }) => transcript(code));
const backup = 'sandkeep-2026-11-22.tar.gz';

/** The transcript of docs/operations.md that begins with this command and shows this. */
function transcriptOf(command: string, shown: string) {
  const found = transcripts.find(([first]) => first?.command.startsWith(command) && first.output.includes(shown));
  if (found === undefined) throw new Error(`docs/operations.md has no "$ ${command}" that shows "${shown}"`);
  return found;
}

test('a server, looked at by the doctor', async () => {
  const server = await RedisServer.start({ persistence: 'everysec' });
  const shown = transcriptOf('sandkeep doctor --url', 'redis');
  await expectTranscript(shown, { url: server.url, replaced: { 'redis://127.0.0.1:7391': server.url } });
  await server.kill();
});

test('a document is damaged', async () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'state');
  const url = `file://${root}`;
  await saveFour(`${url}?create=true`);
  await sandkeep(`backup --to ${backup}`, { url, directory });
  const file = join(root, 'default/sandboxes/web.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('running', 'stopped'));
  const shown = transcriptOf('sandkeep check', 'damaged');
  await expectTranscript(shown, { url, directory, replaced: { '/srv/state': root } });
});

test('a lock is stuck', async () => {
  const root = join(temporaryDirectory(), 'state');
  await using driver = await openDriver({ driver: 'fs', root, create: true });
  const lock = await driver.lock('default/sandboxes/web', { info: 'upgrade of web' });
  const shown = transcriptOf('sandkeep locks', 'upgrade of web');
  const id = '06436653-6270-4f21-b748-3c58f6059f6d';
  await expectTranscript(shown, { url: `file://${root}`, replaced: { [id]: lock.holder.id, vm: hostname() } });
});

test('the disk is full', async (context) => {
  const mounted = mountSmall('tmpfs', context);
  const root = join(mounted, 'state');
  const url = `file://${root}`;
  await saveFour(`${url}?create=true`);
  fill(join(mounted, 'filler'));
  const shown = transcriptOf('sandkeep doctor', 'no space left');
  await expectTranscript(shown, { url, replaced: { '/srv/state': root } });
});

test('a key of Redis is gone', async () => {
  const server = await RedisServer.start();
  const directory = temporaryDirectory();
  await saveFour(server.url);
  await sandkeep(`backup --to ${backup}`, { url: server.url, directory });
  const client = server.client();
  await client.del(await client.keys('*:d:default/sandboxes/web'));
  client.disconnect();
  await expectTranscript(transcriptOf('sandkeep check --repair', 'dangling-key'), { url: server.url, directory });
  await server.kill();
});

interface Place {
  /** What $SANDKEEP_URL names. */
  readonly url: string;
  readonly directory?: string;
  /** What the page has, and what stands for it here. */
  readonly replaced?: Readonly<Record<string, string>>;
}

/** Runs the commands of a transcript; of what they print, each line that the page shows must be there, in that order. */
async function expectTranscript(shown: ReturnType<typeof transcript>, place: Place): Promise<void> {
  for (const { command, output } of shown) {
    const printed = linesOf(await sandkeep(here(command, place).replace(/^sandkeep /, ''), place));
    let from = 0;
    const expected = output
      .split(/^…$/m)
      .flatMap((part) => linesOf(here(part, place)))
      .filter((line) => line !== '');
    for (const line of expected) {
      expect(printed.slice(from), `$ ${command}`).toContain(line);
      from = printed.indexOf(line, from) + 1;
    }
  }
}

/** @returns what it prints on both outputs, whatever its exit status */
async function sandkeep(args: string, { url, directory = temporaryDirectory() }: Place): Promise<string> {
  const command = `${process.execPath} ${join(repository, 'packages/persist-cli/bin/sandkeep.js')} ${args} 2>&1; true`;
  const env = { ...process.env, SANDKEEP_URL: url };
  return (await promisify(execFile)('sh', ['-c', command], { cwd: directory, env })).stdout;
}

function here(text: string, { replaced = {} }: Place): string {
  return Object.entries(replaced).reduce((before, [old, now]) => before.replaceAll(old, now), text);
}

/** Without what differs each time: names, times, numbers and their signs, and the widths of columns. */
function linesOf(output: string): string[] {
  return lasting(output)
    .replace(/(?:(?<!\S)-)?\d+(?:\.\d+)*(?: [KM]iB)?/g, '#')
    .split('\n')
    .map((line) => line.trim());
}

async function saveFour(url: string): Promise<void> {
  await using driver = await openDriver(url);
  const store = new SandboxStore(driver);
  for (const id of ['api', 'db', 'jobs', 'web']) {
    await store.save(id, { sandbox: { state: 'running' }, containers: new Map() });
  }
}

function fill(file: string): void {
  const piece = Buffer.alloc(4096, 1);
  try {
    for (;;) writeFileSync(file, piece, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
