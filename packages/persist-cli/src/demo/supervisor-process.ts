import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CommandFailure } from '../command-failure.js';
import { lifelineFd } from './lifeline.js';
import type { SupervisorEvent } from './supervisor-event.js';

/** Where a supervisor keeps its state. */
export interface SupervisorSettings {
  readonly url: string;
  readonly namespace: string;
}

type EventOf<Type> = Extract<SupervisorEvent, { type: Type }>;

const program = fileURLToPath(new URL('supervisor.js', import.meta.url));

/** A supervisor as the demo sees it from outside: a child process that prints events. */
export class SupervisorProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lifeline: Socket;
  readonly #events: AsyncGenerator<SupervisorEvent, undefined>;

  private constructor(child: ChildProcess) {
    this.pid = child.pid as number;
    this.#child = child;
    this.#exited = once(child, 'exit');
    this.#lifeline = child.stdio[lifelineFd] as Socket;
    this.#events = readEvents(child);
  }

  static async start({ url, namespace }: SupervisorSettings): Promise<SupervisorProcess> {
    const child = spawn(process.execPath, [program, namespace], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
    await once(child, 'spawn');
    child.stdin?.on('error', () => {}).write(`${url}\n`);
    return new SupervisorProcess(child);
  }

  /** The next event, which must be of this type. */
  async next<Type extends SupervisorEvent['type']>(type: Type): Promise<EventOf<Type>> {
    const { value: event } = await this.#events.next();
    if (event?.type === type) return event as EventOf<Type>;
    if (event?.type === 'failed') throw new CommandFailure(`supervisor ${this.pid} failed: ${event.message}`);
    throw new CommandFailure(
      `supervisor ${this.pid} ${event === undefined ? 'ended' : `told "${event.type}"`} unexpectedly`,
    );
  }

  /** Kills it with SIGKILL. Resolves when it is gone, with the events that had not been read yet. */
  async kill(): Promise<SupervisorEvent[]> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    const unread: SupervisorEvent[] = [];
    for await (const event of this.#events) unread.push(event);
    return unread;
  }

  /** Tells it to end its sandboxes. */
  end(): void {
    this.#child.stdin?.write('end\n');
  }

  /** Resolves when it is gone. @throws unless its exit status is 0 */
  async exited(): Promise<void> {
    await this.#exited;
    if (this.#child.exitCode !== 0)
      throw new CommandFailure(`supervisor ${this.pid} ended with status ${this.#child.exitCode}`);
  }

  /**
   * Lets all processes that it started end, and waits until they have, for at most 5 s. It sees every
   * one of them, recorded or not: each holds the other end of the lifeline.
   */
  async cutLifeline(): Promise<void> {
    if (this.#lifeline.closed) return;
    const closed = once(this.#lifeline.resume().end(), 'close');
    await Promise.race([closed, sleep(5_000, undefined, { ref: false })]);
    this.#lifeline.destroy();
  }
}

async function* readEvents(child: ChildProcess): AsyncGenerator<SupervisorEvent, undefined> {
  if (child.stdout === null) return;
  for await (const line of createInterface({ input: child.stdout })) {
    let event: SupervisorEvent;
    try {
      event = JSON.parse(line);
    } catch {
      return; // the last line, cut off by the kill
    }
    yield event;
  }
}
