import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A child process that talks in lines. It ends with the test at the latest. */
export class Worker {
  /** Every line that it has printed. */
  readonly lines: string[] = [];
  readonly pid: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #exited: Promise<unknown>;
  readonly #waiting = new Set<() => void>();
  #errors = '';

  /** @param script relative to the file `from` (an `import.meta.url`) */
  constructor(from: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const path = fileURLToPath(new URL(script, from));
    this.#child = spawn(process.execPath, [path, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.pid = this.#child.pid ?? 0;
    const lines = createInterface({ input: this.#child.stdout });
    this.#exited = Promise.all([once(this.#child, 'exit'), once(lines, 'close')]);
    lines.on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
    this.#child.stderr.on('data', (data) => {
      this.#errors += data;
    });
    this.#child.stdin.on('error', () => {});
    this.#exited.then(() => this.#wake());
    onTestFinished(() => this.kill());
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get errors(): string {
    return this.#errors;
  }

  send(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Resolves with the first line (from number `from` on) that begins with `start`. */
  async line(start: string, from = 0): Promise<string> {
    for (;;) {
      const found = this.lines.slice(from).find((line) => line.startsWith(start));
      if (found !== undefined) return found;
      if (this.hasExited) throw new Error(`the worker ended without the line "${start}": ${this.#errors}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** SIGKILL; resolves when it is gone and all that it printed was read. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#exited;
  }

  async exited(): Promise<void> {
    await this.#exited;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
