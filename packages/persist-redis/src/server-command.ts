import { Command, ReplyError } from 'ioredis';
import type { Script } from './scripts/script.js';

/**
 * A command that knows what may have become of it, however often the client sends it: a client sends
 * commands again after a reconnect, and a Cluster client after a redirection.
 *
 * A script is sent in full once per connection, and by its SHA-1 from then on. Its first argument
 * after the keys is 0, or how long ago the first sending was that may have run, in milliseconds.
 */
export class ServerCommand extends Command {
  readonly #script: Script | undefined;
  readonly #slot: number | undefined;
  /** When the first sending was that may have run; undefined if there is none, or only the latest. */
  #doubtSince: number | undefined;
  /** When the latest sending was, unless it was refused. */
  #sentAt: number | undefined;
  #observed = false;
  #socket: object | undefined;
  #order = 0;

  static #sendings = 0;

  private constructor(
    name: string,
    args: (string | Buffer | number)[],
    options: { encoding: 'utf8' | null; script?: Script; slot?: number; doubtSince?: number | undefined },
  ) {
    super(name, args, { replyEncoding: options.encoding });
    this.#script = options.script;
    this.#slot = options.slot;
    this.#doubtSince = options.doubtSince;
  }

  /** @param encoding how replies are read: as strings, or as bytes */
  static plain(name: string, args: (string | Buffer | number)[], encoding: 'utf8' | null = 'utf8'): ServerCommand {
    return new ServerCommand(name, args, { encoding });
  }

  /** @param doubtSince that of an earlier command with the same arguments */
  static script(
    script: Script,
    keys: string[],
    args: (string | Buffer)[],
    doubtSince: number | undefined,
  ): ServerCommand {
    const all = [script.sha, script.keys, ...keys, '0', ...args];
    return new ServerCommand('evalsha', all, { encoding: 'utf8', script, doubtSince });
  }

  /** A command without keys, for the node that `earlier` goes to. */
  static beside(earlier: ServerCommand, name: string, args: number[]): ServerCommand {
    return new ServerCommand(name, args, { encoding: 'utf8', slot: earlier.getSlot() });
  }

  /** When it was first sent so that the server may have run it, by `performance.now()`; undefined if never. */
  get doubtSince(): number | undefined {
    return this.#doubtSince ?? this.#sentAt;
  }

  /** Whether it was sent on the same connection as `earlier`, and after it. */
  followed(earlier: ServerCommand): boolean {
    return this.#socket !== undefined && this.#socket === earlier.#socket && this.#order > earlier.#order;
  }

  /** Whoever waited has gone. If the command was not sent yet, it never will be. */
  abandon(): void {
    if (this.isSettled) return;
    this.name = 'ping';
    this.args = [];
    this.reject(new Error('abandoned'));
  }

  override getSlot(): number {
    return this.#slot ?? super.getSlot();
  }

  override toWritable(socket: object): string | Buffer {
    if (this.isSettled) return super.toWritable(socket);
    const now = performance.now();
    this.#doubtSince = this.doubtSince;
    this.#sentAt = now;
    this.#socket = socket;
    this.#order = ++ServerCommand.#sendings;
    this.#observeRefusal();
    if (this.#script !== undefined) {
      const known = this.#script.load(socket);
      this.name = known ? 'evalsha' : 'eval';
      this.args[0] = known ? this.#script.sha : this.#script.source;
      this.args[2 + this.#script.keys] =
        this.#doubtSince === undefined ? '0' : String(Math.ceil(now - this.#doubtSince) + 1);
    }
    return super.toWritable(socket);
  }

  /** An error that the server answers means that this sending had no effect. */
  #observeRefusal(): void {
    if (this.#observed) return;
    this.#observed = true;
    const { reject } = this;
    this.reject = (error: Error) => {
      this.reject = reject;
      this.#observed = false;
      if (error instanceof ReplyError) {
        this.#sentAt = undefined;
        if (error.message.startsWith('NOSCRIPT') && this.#socket !== undefined) this.#script?.forget(this.#socket);
      }
      reject.call(this, error);
    };
  }
}
