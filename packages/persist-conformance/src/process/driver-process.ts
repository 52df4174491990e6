import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PersistError } from '@sandkeep/persist-api';
import type { ProcessOpener } from '../harness.js';
import { NotVerified } from '../not-verified.js';
import type { ErrorMessage, FromChild, ToChild } from './messages.js';
import type { TaskInput, TaskName, TaskResult } from './tasks.js';

const entry = fileURLToPath(new URL('./child-entry.js', import.meta.url));

/** How a child process with a driver is started. */
export interface DriverProcessOptions {
  /** How far the wall clock of the child is off, in milliseconds. @default 0 */
  readonly clockOffsetMs?: number | undefined;
  /** The file mode creation mask of the child. @default that of this process */
  readonly umask?: number | undefined;
}

interface Call {
  resolve(result: unknown): void;
  reject(error: Error): void;
  onEvent(event: unknown): void;
}

/** A child process with one instance of the driver. Whoever makes one must `kill` it. */
export class DriverProcess {
  /** Resolves when the child's instance is open. */
  readonly ready: Promise<void>;
  /** Resolves, when the child has ended, with its exit code; null if a signal ended it. */
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, Call>();
  #lastCall = -1;
  #errorOutput = '';

  constructor(opener: ProcessOpener, { clockOffsetMs = 0, umask }: DriverProcessOptions = {}) {
    this.#child = fork(entry, { execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-4096);
    });
    this.#child.on('message', (message: FromChild) => this.#settle(message));
    this.exited = new Promise((resolve) => {
      this.#child.on('error', (error) => this.#end(`cannot be started: ${error.message}`, resolve, null));
      this.#child.on('close', (code, signal) => this.#end(`ended (${signal ?? `exit code ${code}`})`, resolve, code));
    });
    this.ready = this.#request(() => ({ type: 'open', opener, clockOffsetMs, umask })) as Promise<void>;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /**
   * Lets the child run one task. Rejects as the task does, or when the child ends before it is done.
   * @param onEvent gets what the task emits, in order
   */
  run<Name extends TaskName>(
    task: Name,
    input: TaskInput<Name>,
    onEvent: (event: unknown) => void = () => {},
  ): Promise<TaskResult<Name>> {
    return this.#request((call) => ({ type: 'run', call, task, input }), onEvent) as Promise<TaskResult<Name>>;
  }

  /** Freezes the child until {@link resume}, as a suspended machine would be. Resolves once it stands still. */
  async pause(): Promise<void> {
    if (process.platform === 'win32') throw new NotVerified('this platform cannot pause a process');
    this.#child.kill('SIGSTOP');
    while (!isStopped(this.pid) && this.#child.exitCode === null && this.#child.signalCode === null) await sleep(1);
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends the child at once, without a chance to clean up. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  #request(message: (call: number) => ToChild, onEvent: Call['onEvent'] = () => {}): Promise<unknown> {
    this.#lastCall += 1;
    const call = this.#lastCall;
    const answer = new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject, onEvent });
      this.#child.send(message(call), (error) => {
        if (error !== null)
          void this.exited.then(() => reject(new Error('the child process is gone', { cause: error })));
      });
    });
    // A case that has failed elsewhere no longer waits for it.
    answer.catch(() => {});
    return answer;
  }

  #settle(message: FromChild): void {
    const call = this.#calls.get(message.call);
    if (message.type === 'event') {
      call?.onEvent(message.event);
      return;
    }
    this.#calls.delete(message.call);
    if (message.type === 'done') call?.resolve(message.result);
    else call?.reject(this.#revive(message.error));
  }

  #revive({ code, message, stack }: ErrorMessage): Error {
    const error = code === undefined ? new Error(message) : new PersistError(code, message);
    error.stack = `${error.stack}\n  in the child process: ${stack}`;
    return error;
  }

  #end(what: string, resolve: (code: number | null) => void, code: number | null): void {
    const output = this.#errorOutput === '' ? '' : `; its error output ends with:\n${this.#errorOutput}`;
    for (const { reject } of this.#calls.values()) reject(new Error(`the child process ${what}${output}`));
    this.#calls.clear();
    resolve(code);
  }
}

/** Whether every thread of a process stands still; true where the platform does not tell. */
function isStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  try {
    return readdirSync(tasks).every((task) =>
      / [Tt] /.test(afterName(readFileSync(`${tasks}/${task}/stat`, 'latin1'))),
    );
  } catch {
    return true;
  }
}

/** What proc_pid_stat(5) tells after the command's name, which may hold anything. */
function afterName(stat: string): string {
  return stat.slice(stat.lastIndexOf(')') + 1, stat.lastIndexOf(')') + 4);
}
