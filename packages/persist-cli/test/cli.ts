import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openDriver, type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { onTestFinished } from 'vitest';

const bin = fileURLToPath(new URL('../bin/sandkeep.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the real command, in an empty directory and without a configuration unless told otherwise. */
export function start(args: readonly string[], { env = {}, ...options }: SpawnOptions = {}): ChildProcess {
  const { SANDKEEP_URL: _url, NO_COLOR: _color, FORCE_COLOR: _force, ...inherited } = process.env;
  return spawn(process.execPath, [bin, ...args], { cwd: tmpdir(), ...options, env: { ...inherited, ...env } });
}

export async function finished(child: ChildProcess): Promise<Finished> {
  if (child.stdout === null || child.stderr === null) throw new Error('its output is not piped');
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, signal, stdout, stderr };
}

/** Runs the real command to its end. */
export function sandkeep(args: readonly string[], options?: SpawnOptions): Promise<Finished> {
  return finished(start(args, options));
}

/** The URLs of the modules that a command line loads. */
export async function modulesOf(args: readonly string[]): Promise<string> {
  const coverage = await directory();
  await sandkeep(args, { env: { NODE_V8_COVERAGE: coverage } });
  const reports = readdirSync(coverage).map((name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')));
  return reports.flatMap(({ result }) => result.map(({ url }: { url: string }) => url)).join('\n');
}

/** A fresh directory, removed after the test. */
export async function directory(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'sandkeep-cli-')));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A fresh store in a directory, with its URL. */
export async function freshStore(): Promise<{ url: string; root: string; driver: PersistDriver; store: SandboxStore }> {
  const root = await directory();
  const url = pathToFileURL(root).href;
  const driver = await openDriver(url);
  onTestFinished(() => driver.close());
  return { url, root, driver, store: new SandboxStore(driver) };
}

/** The processes whose command line or title contains `content`, by pid. Zombies do not count. */
export async function processesWith(content: string): Promise<Map<number, string>> {
  const ps = spawn('ps', ['-eo', 'pid=,stat=,args='], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = (await text(ps.stdout)).split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(
    lines
      .map(([pid, stat = '', ...args]) => ({ pid: Number(pid), stat, args: args.join(' ') }))
      .filter(({ stat, args }) => !stat.startsWith('Z') && args.includes(content))
      .map(({ pid, args }) => [pid, args]),
  );
}

export async function toArray<T>(items: AsyncIterable<T>): Promise<T[]> {
  const array: T[] = [];
  for await (const item of items) array.push(item);
  return array;
}

/** Every document of a driver, as one character for each byte. */
export async function documentsOf(driver: PersistDriver): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const key of driver.list('')) {
    found[key] = Buffer.from((await driver.read(key))?.data ?? []).toString('latin1');
  }
  return found;
}

/**
 * The environment for a command in which drivers never finish one call, until it is aborted: that of a method for
 * a key with this end. The command prints a line when it is there.
 */
export async function stuckAt(method: 'read' | 'write', keyEnd: string): Promise<NodeJS.ProcessEnv> {
  const script = join(await directory(), 'stuck.mjs');
  const api = new URL('../../persist-api/dist/index.js', import.meta.url).href;
  await writeFile(
    script,
    `import { openDriver } from '${api}';
      const drivers = Object.getPrototypeOf(await openDriver('memory:'));
      const { ${method}: original } = drivers;
      drivers.${method} = function (key, ...rest) {
        if (!key.endsWith('${keyEnd}')) return original.call(this, key, ...rest);
        process.stdout.write('stuck\\n');
        const alive = setInterval(() => {}, 1000);
        const { signal } = rest.at(-1);
        return new Promise((_, reject) => signal.addEventListener('abort', () => {
          clearInterval(alive);
          reject(signal.reason);
        }));
      };`,
  );
  return { NODE_OPTIONS: `--import ${script}` };
}
