import { tracingChannel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { Command } from 'ioredis';
import { encodeCommand } from './resp.js';

const clientChannel = tracingChannel('ioredis:command');

/** What is sent in the place of a command that nobody waits for any more. */
export const ping = encodeCommand('ping', []);

/**
 * A command that knows where it was sent.
 */
export class ServerCommand extends Command {
  /** When whoever waits gives up, by `performance.now()`. */
  deadline = Number.POSITIVE_INFINITY;
  /** Where the {@link CallWatch} has it. */
  place = -1;
  /** Whether it goes out together with what else is sent in this turn of the event loop, or at once. */
  inCompany = false;
  readonly #beside: ServerCommand | undefined;
  readonly #fail: (error: Error) => void;
  #socket: Socket | undefined;
  #order = 0;

  static #sendings = 0;

  /**
   * @param encoding how replies are read: as strings, or as bytes
   * @param beside the command whose node it goes to, for one without keys
   */
  constructor(name: string, args: (string | Buffer)[], encoding: 'utf8' | null, beside?: ServerCommand) {
    super(name, args, { replyEncoding: encoding });
    this.#beside = beside;
    this.#fail = this.reject;
    this.isTraced = !hasSubscribers();
  }

  /** The connection that it was sent on last. */
  get socket(): Socket | undefined {
    return this.#socket;
  }

  get wasSent(): boolean {
    return this.#order > 0;
  }

  /** Whether it was sent on the same connection as `earlier`, and after it. */
  followed(earlier: ServerCommand): boolean {
    return this.#socket !== undefined && this.#socket === earlier.#socket && this.#order > earlier.#order;
  }

  /** Whoever waited has gone, for this reason. If the command was not sent yet, it never will be. */
  abandon(reason: unknown): void {
    if (this.isSettled) return;
    this.args = [];
    this.#fail(reason as Error);
  }

  override getSlot(): number {
    return this.#beside?.getSlot() ?? super.getSlot();
  }

  /** Called by the client for each sending: the first, those after a reconnect, and those after a redirection. */
  override toWritable(socket: object): string | Buffer {
    if (this.inCompany) sendTogether(socket as Socket);
    if (this.isSettled) return ping;
    const encoded = this.encode(socket as Socket);
    this.#socket = socket as Socket;
    this.#order = ++ServerCommand.#sendings;
    return encoded;
  }

  protected encode(_socket: Socket): string | Buffer {
    return encodeCommand(this.name, this.args as (string | Buffer)[]);
  }
}

/** So much goes out at once, in bytes: the server works on it while the rest is made ready. */
const pieceBytes = 32 * 1024;

/** What is written to `socket` until the current turn of the event loop ends goes out in few pieces. */
function sendTogether(socket: Socket): void {
  if (socket.writableCorked > 0) {
    if (socket.writableLength < pieceBytes) return;
    socket.uncork();
    socket.cork();
    return;
  }
  socket.cork();
  process.nextTick(uncork, socket);
}

function uncork(socket: Socket): void {
  socket.uncork();
}

/** Whether the client's commands are traced: with Node 20 it does not look before it prepares to. */
function hasSubscribers(): boolean {
  const { start, end, asyncStart, asyncEnd, error } = clientChannel;
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  );
}
