import { Command, ReplyError } from 'ioredis';
import type { Script } from './scripts/script.js';

/**
 * A command that knows what may have become of it, however often the client sends it: a client sends
 * commands again after a reconnect, and a Cluster client after a redirection.
 *
 * A script is sent in full once per connection, and by its SHA-1 from then on. Its first argument
 * after the keys is always `0`, and becomes `1` when an earlier sending may have run.
 */
export class ServerCommand extends Command {
  readonly #script: Script | undefined;
  readonly #slot: number | undefined;
  #unanswered = false;
  #repeated: boolean;
  #observed = false;
  #socket: object | undefined;
  #order = 0;

  static #sendings = 0;

  private constructor(
    name: string,
    args: (string | Buffer | number)[],
    options: { encoding: 'utf8' | null; script?: Script; slot?: number; repeated?: boolean },
  ) {
    super(name, args, { replyEncoding: options.encoding });
    this.#script = options.script;
    this.#slot = options.slot;
    this.#repeated = options.repeated ?? false;
  }

  /** @param encoding how replies are read: as strings, or as bytes */
  static plain(name: string, args: (string | Buffer | number)[], encoding: 'utf8' | null = 'utf8'): ServerCommand {
    return new ServerCommand(name, args, { encoding });
  }

  /** @param repeated whether an earlier command with the same arguments may have run */
  static script(script: Script, keys: string[], args: (string | Buffer)[], repeated: boolean): ServerCommand {
    const all = [script.sha, script.keys, ...keys, repeated ? '1' : '0', ...args];
    return new ServerCommand('evalsha', all, { encoding: 'utf8', script, repeated });
  }

  /** A command without keys, for the node that `earlier` goes to. */
  static beside(earlier: ServerCommand, name: string, args: number[]): ServerCommand {
    return new ServerCommand(name, args, { encoding: 'utf8', slot: earlier.getSlot() });
  }

  /** Whether the server may have run it: it was sent, and not every sending was refused. */
  get mayHaveRun(): boolean {
    return this.#unanswered || this.#repeated;
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
    if (this.#unanswered) this.#repeated = true;
    this.#unanswered = true;
    this.#socket = socket;
    this.#order = ++ServerCommand.#sendings;
    this.#observeRefusal(socket);
    if (this.#script !== undefined) {
      const known = this.#script.load(socket);
      this.name = known ? 'evalsha' : 'eval';
      this.args[0] = known ? this.#script.sha : this.#script.source;
      this.args[2 + this.#script.keys] = this.#repeated ? '1' : '0';
    }
    return super.toWritable(socket);
  }

  /** An error that the server answers means that this sending had no effect. */
  #observeRefusal(socket: object): void {
    if (this.#observed) return;
    this.#observed = true;
    const { reject } = this;
    this.reject = (error: Error) => {
      this.reject = reject;
      this.#observed = false;
      if (error instanceof ReplyError) {
        this.#unanswered = false;
        if (error.message.startsWith('NOSCRIPT')) this.#script?.forget(socket);
      }
      reject.call(this, error);
    };
  }
}
