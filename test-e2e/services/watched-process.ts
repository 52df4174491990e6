import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

let watchdog: Writable | undefined;

/** One watchdog for this process. It is in a session of its own, so that what kills the tests spares it. */
function watch(line: string): void {
  if (watchdog === undefined) {
    const script = fileURLToPath(new URL('watchdog.js', import.meta.url));
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    child.unref();
    watchdog = child.stdin;
    (watchdog as unknown as { unref?: () => void }).unref?.();
  }
  watchdog.write(`${line}\n`);
}

/** A directory that goes away with this process. */
export function watchedDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sandkeep-services-'));
  watch(directory);
  return directory;
}

/** A child process that ends with this process, however that ends. */
export class WatchedProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';

  constructor(command: string, args: readonly string[], directory: string) {
    this.#child = spawn(command, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    watch(`+${this.#child.pid}`);
    this.#ended = once(this.#child, 'exit').then(
      () => watch(`-${this.#child.pid}`),
      (error) => {
        this.#output += String(error);
      },
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = `${this.#output}${text}`.slice(-8_000);
      });
    }
  }

  /** Undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The end of what it printed. */
  get output(): string {
    return this.#output;
  }

  /** Resolves with its exit code when it has ended; null if a signal ended it, or it could not be started. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it at once, also when it is stopped, and waits for its end. */
  async kill(): Promise<void> {
    if (this.running) this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
