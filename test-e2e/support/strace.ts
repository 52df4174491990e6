import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { requireTool } from './tools.js';

/** The calls by which a process changes files, and those that it needs to read them. */
export const fileCalls = [
  'openat',
  'writev',
  'write',
  'pwrite64',
  'fsync',
  'close',
  'mkdir',
  'rename',
  'rmdir',
  'unlink',
];

export interface TracedCall {
  readonly thread: string;
  readonly name: string;
  /** Arguments and result, as strace prints them. */
  readonly text: string;
  /** Counted from 1 among the calls of this name in this thread. */
  readonly count: number;
}

/** strace attached to all threads of a running process. */
export class Strace {
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess, directory: string) {
    this.#child = child;
    this.#directory = directory;
    this.#ended = once(child, 'exit');
  }

  /**
   * Attaches; resolves once calls are seen.
   * @param inject what strace(1) takes for `-e inject=`
   */
  static async attach(pid: number, calls: readonly string[], inject?: string): Promise<Strace> {
    requireTool('strace', 'strace');
    const directory = mkdtempSync(join(tmpdir(), 'sandkeep-strace-'));
    const injection = inject === undefined ? [] : ['-e', `inject=${inject}`];
    const args = [
      '-f',
      '-y',
      '-p',
      String(pid),
      '-o',
      join(directory, 'log'),
      '-e',
      `trace=${calls.join(',')}`,
      ...injection,
    ];
    const child = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const strace = new Strace(child, directory);
    let said = '';
    for await (const data of child.stderr ?? []) {
      said += data;
      if (said.includes('attached')) break;
      if (child.exitCode !== null) break;
    }
    if (!said.includes('attached')) throw new Error(`strace did not attach: ${said}`);
    return strace;
  }

  /** What was recorded so far. */
  log(): string {
    return readFileSync(join(this.#directory, 'log'), 'utf8');
  }

  /** The completed calls, in the order in which they ended. */
  calls(): TracedCall[] {
    const counts = new Map<string, number>();
    const begun = new Map<string, string>();
    const calls: TracedCall[] = [];
    for (const line of this.log().split('\n')) {
      const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
      const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(rest);
      if (unfinished !== null) {
        begun.set(thread, unfinished[1] ?? '');
        continue;
      }
      const whole = rest.replace(/^<\.\.\. \w+ resumed>/, () => begun.get(thread) ?? '');
      const [, name, text = ''] = /^(\w+)\((.*)$/.exec(whole) ?? [];
      if (name === undefined) continue;
      const count = (counts.get(thread + name) ?? 0) + 1;
      counts.set(thread + name, count);
      calls.push({ thread, name, text, count });
    }
    return calls;
  }

  /** Resolves once the log holds `text`. */
  async logged(text: string): Promise<void> {
    while (!this.log().includes(text)) await delay(5);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await this.#ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
