import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';

const bin = fileURLToPath(new URL('../../packages/persist-cli/bin/sandkeep.js', import.meta.url));
const worker = (name: string) => new URL(`workers/${name}`, import.meta.url).href;

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command to its end, or to the call of a driver at which it is to be killed, such as `write:7`. */
export async function sandkeep(args: readonly string[], killAt?: string): Promise<Finished> {
  const env = killAt && { SANDKEEP_KILL_AT: killAt, NODE_OPTIONS: `--import ${worker('kill-at-call.js')}` };
  return run(args, env || {});
}

/**
 * Runs the command with `--json`.
 * @param betweenPasses is waited for between the two passes over the source
 * @returns its report, and its peak of resident memory in MiB
 */
export async function measured(
  args: readonly string[],
  betweenPasses?: () => Promise<void>,
): Promise<{ report: Report; peakMiB: number; code: number | null }> {
  const peak = join(temporaryDirectory(), 'peak');
  const workers = ['note-peak-memory.js', ...(betweenPasses ? ['pause-before-comparing.js'] : [])];
  const env = { SANDKEEP_PEAK: peak, NODE_OPTIONS: workers.map((name) => `--import ${worker(name)}`).join(' ') };
  const { code, stdout, stderr } = await run([...args, '--json'], env, betweenPasses);
  if (stdout === '') throw new Error(stderr);
  return { report: JSON.parse(stdout), peakMiB: Number(readFileSync(peak, 'utf8')) / 1024, code };
}

/** What copy, backup and restore print with `--json`. */
export interface Report {
  readonly written: number;
  readonly replaced: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly takenUntil: string;
  readonly takenAgain: readonly string[];
  readonly changed: readonly string[];
  readonly conflicts: readonly unknown[];
  readonly failed: readonly unknown[];
}

async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  whenPaused?: () => Promise<void>,
): Promise<Finished> {
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const resume = async (line: Buffer) => {
    if (!String(line).includes('paused')) return;
    await whenPaused?.();
    child.kill('SIGUSR2');
  };
  child.stderr.on('data', resume);
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, signal, stdout, stderr };
}
