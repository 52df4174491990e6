import { setTimeout as delay } from 'node:timers/promises';
import { PersistError } from '@sandkeep/persist-api';
import type { Redis } from 'ioredis';
import type { Connection } from './connection.js';
import { connectionError, isPassing, isRefusedLogin, isServerAnswer, isUnknownScript, serverError } from './errors.js';
import { NoAnswer } from './no-answer.js';
import { ScriptCommand } from './script-command.js';
import type { Script } from './scripts/script.js';
import { ServerCommand } from './server-command.js';
import type { StagingCommand } from './staging-command.js';

/** Before a command is sent again after an error that passes, in milliseconds. */
const pauseMs = 50;

export interface CallLimits {
  readonly signal?: AbortSignal | undefined;
  /** Kept to the millisecond. @default the driver's commandTimeoutMs, kept to some 20 */
  readonly timeoutMs?: number | undefined;
}

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
    return this.#run(() => new ServerCommand(name, args, encoding), limits, false);
  }

  /** Runs a script that may run any number of times. */
  script(script: Script, keys: string[], args: string[], limits: CallLimits = {}): Promise<unknown> {
    return this.#run((doubtSince) => new ScriptCommand(script, keys, args, doubtSince), limits, false);
  }

  /**
   * Runs a script that tells a repeated attempt from a new one.
   * @throws `OUTCOME_UNKNOWN` when it may have run and no answer came
   */
  change(script: Script, keys: string[], args: (string | Buffer)[], limits: CallLimits): Promise<unknown> {
    return this.#run((doubtSince) => new ScriptCommand(script, keys, args, doubtSince), limits, true);
  }

  /**
   * The same with a document as the last argument, which is staged first. The script answers `unstaged`,
   * and does nothing, where it does not find it.
   */
  async changeStaged(
    script: Script,
    keys: string[],
    args: string[],
    staging: StagingCommand,
    limits: CallLimits,
  ): Promise<unknown> {
    const whole = [...args, staging.document];
    let first: StagingCommand | undefined = staging;
    const make = (doubtSince: number | undefined) => {
      const command = new ScriptCommand(script, keys, whole, doubtSince, first);
      first = undefined;
      return command;
    };
    let answer = await this.#run(make, limits, true);
    if (answer === 'unstaged') answer = await this.#run(make, limits, true);
    staging.recycle();
    return answer;
  }

  async #run(
    make: (doubtSince: number | undefined) => ServerCommand,
    { signal, timeoutMs }: CallLimits,
    changes: boolean,
  ): Promise<unknown> {
    const { watch } = this.#connection;
    const end = performance.now() + (timeoutMs ?? this.timeoutMs);
    let doubtSince: number | undefined;
    let logins = 2;
    for (;;) {
      const command = make(doubtSince);
      command.deadline = end;
      const abort = () => command.abandon(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      watch.add(command);
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => command.abandon(new NoAnswer()), end - performance.now());
      try {
        return await this.send(command);
      } catch (error) {
        signal?.throwIfAborted();
        doubtSince = command instanceof ScriptCommand ? command.doubtSince : undefined;
        // The login that was refused may have begun before this call: the next one has not.
        if (isRefusedLogin(error)) logins -= 1;
        const passes = isPassing(error) || (isRefusedLogin(error) && logins > 0);
        const goesOn = passes && !this.#connection.ended && performance.now() + pauseMs < end;
        if (!goesOn) throw this.#failure(error, changes && doubtSince !== undefined, timeoutMs ?? this.timeoutMs);
        if (!isUnknownScript(error)) await delay(pauseMs);
        signal?.throwIfAborted();
      } finally {
        watch.delete(command);
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      }
    }
  }

  /** Sends one command, and what goes before it. Rejects with the client's error, or why it was abandoned. */
  protected send(command: ServerCommand): Promise<unknown> {
    const node = this.#node ?? this.#connection.client;
    const staging = command instanceof ScriptCommand ? command.staging : undefined;
    command.inCompany = staging !== undefined || this.#connection.watch.size > 1;
    if (staging !== undefined) {
      staging.inCompany = true;
      node.sendCommand(staging);
    }
    node.sendCommand(command);
    return command.promise;
  }

  /** Sends a command beside another, until whose deadline it has time. */
  protected sendBeside(command: ServerCommand, other: ServerCommand): Promise<unknown> {
    const { watch } = this.#connection;
    command.deadline = other.deadline;
    watch.add(command);
    const answered = this.send(command).finally(() => watch.delete(command));
    answered.catch(() => {});
    return answered;
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
