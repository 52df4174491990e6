import { setTimeout as delay } from 'node:timers/promises';
import { PersistError } from '@sandkeep/persist-api';
import type { Redis } from 'ioredis';
import type { Connection } from './connection.js';
import { connectionError, isPassing, isServerAnswer, isUnknownScript, serverError } from './errors.js';
import type { Script } from './scripts/script.js';
import { ServerCommand } from './server-command.js';

/** Before a command is sent again after an error that passes, in milliseconds. */
const pauseMs = 50;

export interface CallLimits {
  readonly signal?: AbortSignal | undefined;
  /** @default the driver's commandTimeoutMs */
  readonly timeoutMs?: number | undefined;
}

/** The time was up. */
export class NoAnswer extends Error {}

/**
 * Runs commands so that each has an end: within its time it has its answer, or an error that says
 * what became of it. Until then a command is repeated after errors that pass.
 */
export class ServerCalls {
  readonly timeoutMs: number;
  readonly #connection: Connection;
  readonly #node: Redis | undefined;

  /** @param node the one to ask. @default whatever node has the key */
  constructor(connection: Connection, timeoutMs: number, node?: Redis) {
    this.timeoutMs = timeoutMs;
    this.#connection = connection;
    this.#node = node;
  }

  /** The same for one node. */
  on(node: Redis): ServerCalls {
    return new ServerCalls(this.#connection, this.timeoutMs, node);
  }

  /** Runs a command that may run any number of times. */
  read(name: string, args: string[], encoding: 'utf8' | null, limits: CallLimits = {}): Promise<unknown> {
    return this.#run(() => ServerCommand.plain(name, args, encoding), limits, false);
  }

  /** Runs a script that may run any number of times. */
  script(script: Script, keys: string[], args: string[], limits: CallLimits = {}): Promise<unknown> {
    return this.#run((doubtSince) => ServerCommand.script(script, keys, args, doubtSince), limits, false);
  }

  /**
   * Runs a script that tells a repeated attempt from a new one.
   * @throws `OUTCOME_UNKNOWN` when it may have run and no answer came
   */
  change(script: Script, keys: string[], args: (string | Buffer)[], limits: CallLimits): Promise<unknown> {
    return this.#run((doubtSince) => ServerCommand.script(script, keys, args, doubtSince), limits, true);
  }

  async #run(
    make: (doubtSince: number | undefined) => ServerCommand,
    { signal, timeoutMs = this.timeoutMs }: CallLimits,
    changes: boolean,
  ): Promise<unknown> {
    const end = performance.now() + timeoutMs;
    let doubtSince: number | undefined;
    for (;;) {
      const command = make(doubtSince);
      try {
        return await this.send(command, Math.max(1, end - performance.now()), signal);
      } catch (error) {
        signal?.throwIfAborted();
        doubtSince = command.doubtSince;
        const goesOn = isPassing(error) && !this.#connection.ended && performance.now() + pauseMs < end;
        if (!goesOn) throw this.#failure(error, changes && doubtSince !== undefined, timeoutMs);
        if (!isUnknownScript(error)) await delay(pauseMs);
        signal?.throwIfAborted();
      }
    }
  }

  /** Sends one command. Rejects with the client's error, {@link NoAnswer}, or the signal's reason. */
  protected send(command: ServerCommand, timeoutMs: number, signal: AbortSignal | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = (reason: unknown) => {
        command.abandon();
        reject(reason);
      };
      const abort = () => giveUp(signal?.reason);
      const timer = setTimeout(() => giveUp(new NoAnswer()), timeoutMs);
      signal?.addEventListener('abort', abort, { once: true });
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      command.promise.then(
        (answer) => {
          done();
          resolve(answer);
        },
        (error) => {
          done();
          reject(error);
        },
      );
      (this.#node ?? this.#connection.client).sendCommand(command);
    });
  }

  #failure(error: unknown, mayHaveRun: boolean, timeoutMs: number): PersistError {
    if (error instanceof PersistError) return error;
    const reason = this.#reason(error, timeoutMs);
    if (!mayHaveRun) return reason;
    const message = `the server may or may not have applied it: ${reason.message}`;
    return new PersistError('OUTCOME_UNKNOWN', message, { cause: reason });
  }

  #reason(error: unknown, timeoutMs: number): PersistError {
    if (isServerAnswer(error)) return serverError(error);
    const { failure, tls } = this.#connection;
    if (failure !== undefined) return connectionError(failure, tls);
    if (!(error instanceof NoAnswer)) return connectionError(error as Error, tls);
    return new PersistError('TIMEOUT', `the server did not answer within ${timeoutMs} ms`);
  }
}
