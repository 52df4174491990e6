import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { lifelineFd } from './lifeline.js';
import { processStart } from './process-start.js';

/** Names one process for good: a pid that was given to another process is not it. */
export interface ProcessId {
  readonly pid: number;
  /** See {@link processStart}. */
  readonly start: string;
}

/** A process that waits for {@link acknowledge} before it runs, and ends with this process until then. */
export interface WaitingProcess extends ProcessId {
  readonly child: ChildProcess;
}

const program = fileURLToPath(new URL('container.js', import.meta.url));

/** Starts the process of a container. It survives this process once it was acknowledged. */
export async function startContainer(name: string): Promise<WaitingProcess> {
  const child = spawn(process.execPath, [program, name], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore', lifelineFd],
  });
  await once(child, 'spawn');
  child.unref();
  const pid = child.pid as number;
  const start = await processStart(pid);
  if (start === undefined) throw new Error(`container ${name} ended as soon as it was started`);
  return { child, pid, start };
}

/** Lets a process run on its own: it has been recorded. */
export function acknowledge({ child }: WaitingProcess): void {
  child.stdin?.on('error', () => {}).end('run\n');
}

export async function isAlive({ pid, start }: ProcessId): Promise<boolean> {
  return (await processStart(pid)) === start;
}

/** Ends a process with SIGTERM, and after `graceMs` with SIGKILL; resolves when it is gone. */
export async function endProcess(id: ProcessId, graceMs = 5_000): Promise<void> {
  await sendSignal(id, 'SIGTERM');
  if (await isGoneWithin(id, graceMs)) return;
  await sendSignal(id, 'SIGKILL');
  if (!(await isGoneWithin(id, graceMs))) throw new Error(`process ${id.pid} did not end`);
}

/** Sends a signal to a process, unless it is gone. */
export async function sendSignal(id: ProcessId, signal: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(id))) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until a process that need not be a child of this one is gone. */
export async function isGoneWithin(id: ProcessId, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (await isAlive(id)) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
