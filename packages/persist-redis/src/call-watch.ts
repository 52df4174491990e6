import type { Socket } from 'node:net';
import { NoAnswer } from './no-answer.js';
import type { ServerCommand } from './server-command.js';

/** How often it looks, in milliseconds. */
const tickMs = 20;

interface Heard {
  /** How many bytes had arrived at the latest tick. */
  readonly bytes: number;
  /** For how many ticks before it was as many. */
  readonly ticks: number;
}

/**
 * Ends the calls of a connection when their time is up, and has connections given up on which nothing
 * arrives. One timer looks after all calls, and keeps the process alive while there are some.
 */
export class CallWatch {
  readonly #silentTicks: number;
  /** The first `size` places. Not a Set: that allocates with each removal, and what is removed can live on in it. */
  readonly #calls: (ServerCommand | undefined)[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The connections that owe an answer. */
  #heard = new Map<Socket, Heard>();

  /** @param silenceMs for how long a connection may be silent while it owes an answer */
  constructor(silenceMs: number) {
    this.#silentTicks = Math.ceil(silenceMs / tickMs);
  }

  /** How many calls there are. */
  get size(): number {
    return this.#size;
  }

  add(call: ServerCommand): void {
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
    call.place = this.#size;
    this.#calls[this.#size++] = call;
  }

  /** @param call one that was added, and not deleted since */
  delete(call: ServerCommand): void {
    this.#size -= 1;
    const last = this.#calls[this.#size] as ServerCommand;
    last.place = call.place;
    this.#calls[last.place] = last;
    this.#calls[this.#size] = undefined;
  }

  #tick(): void {
    const now = performance.now();
    const heard = new Map<Socket, Heard>();
    for (let place = 0; place < this.#size; place++) {
      const call = this.#calls[place] as ServerCommand;
      const { socket, deadline } = call;
      if (deadline <= now) call.abandon(new NoAnswer());
      if (socket === undefined || heard.has(socket)) continue;
      const { bytesRead } = socket;
      const before = this.#heard.get(socket);
      const ticks = before?.bytes === bytesRead ? before.ticks + 1 : 0;
      heard.set(socket, { bytes: bytesRead, ticks });
      if (ticks >= this.#silentTicks) socket.destroy(new Error(`nothing arrived for ${ticks * tickMs} ms`));
    }
    this.#heard = heard;
    if (this.#size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
