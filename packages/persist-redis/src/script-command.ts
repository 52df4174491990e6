import type { Socket } from 'node:net';
import { ReplyError } from 'ioredis';
import { encodeCommand } from './resp.js';
import type { Script } from './scripts/script.js';
import { ServerCommand } from './server-command.js';
import type { StagingCommand } from './staging-command.js';

/**
 * A script that knows what may have become of it, however often the client sends it: a client sends
 * commands again after a reconnect, and a Cluster client after a redirection.
 *
 * It is sent in full once per connection, and by its SHA-1 from then on. The first argument after the
 * keys is 0, or how long ago the first sending was that may have run, in milliseconds.
 */
export class ScriptCommand extends ServerCommand {
  /** What is to be sent before it. */
  readonly staging: StagingCommand | undefined;
  readonly #script: Script;
  readonly #keys: readonly string[];
  readonly #args: readonly (string | Buffer)[];
  /** When the first sending was that may have run; undefined if there is none, or only the latest. */
  #doubtSince: number | undefined;
  /** When the latest sending was, unless it was refused. */
  #sentAt: number | undefined;
  #observed = false;

  /**
   * @param doubtSince that of an earlier command for the same attempt
   * @param staging puts the last argument in place, for the first sending
   */
  constructor(
    script: Script,
    keys: readonly string[],
    args: readonly (string | Buffer)[],
    doubtSince: number | undefined,
    staging?: StagingCommand,
  ) {
    super('evalsha', [script.sha, '1', keys[0] ?? ''], 'utf8');
    this.#script = script;
    this.#keys = keys;
    this.#args = args;
    this.#doubtSince = doubtSince;
    this.staging = staging;
  }

  /** When it was first sent so that the server may have run it, by `performance.now()`; undefined if never. */
  get doubtSince(): number | undefined {
    return this.#doubtSince ?? this.#sentAt;
  }

  override abandon(reason: unknown): void {
    this.staging?.abandon(reason);
    super.abandon(reason);
  }

  protected override encode(socket: Socket): string | Buffer {
    const now = performance.now();
    this.#doubtSince = this.doubtSince;
    this.#sentAt = now;
    this.#observeRefusal();
    const known = this.#script.load(socket);
    this.name = known ? 'evalsha' : 'eval';
    const script = known ? this.#script.sha : this.#script.source;
    const since = this.#doubtSince === undefined ? '0' : String(Math.ceil(now - this.#doubtSince) + 1);
    const staged = this.wasSent ? undefined : this.staging;
    const keys = staged === undefined ? this.#keys : [...this.#keys, staged.key];
    const args = staged === undefined ? this.#args : this.#args.slice(0, -1);
    return encodeCommand(this.name, [script, String(keys.length), ...keys, since, ...args]);
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
        if (error.message.startsWith('NOSCRIPT') && this.socket !== undefined) this.#script.forget(this.socket);
      }
      reject.call(this, error);
    };
  }
}
