import { PersistError } from '@sandkeep/persist-api';
import type { Connection } from './connection.js';
import { NoAnswer, ServerCalls } from './server-calls.js';
import { ServerCommand } from './server-command.js';

/**
 * Calls whose changes must have reached some replicas. WAIT holds up its connection, so they have a
 * connection of their own; it is sent together with the change, so it costs no further round trip.
 */
export class ReplicatedCalls extends ServerCalls {
  readonly #replicas: number;

  constructor(connection: Connection, timeoutMs: number, replicas: number) {
    super(connection, timeoutMs);
    this.#replicas = replicas;
  }

  protected override async send(
    command: ServerCommand,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const waitMs = Math.ceil(Math.min(timeoutMs, this.timeoutMs / 4));
    const wait = ServerCommand.beside(command, 'wait', [this.#replicas, waitMs]);
    const answered = super.send(command, timeoutMs, signal);
    const waited = super.send(wait, timeoutMs, signal);
    waited.catch(() => {});
    const answer = await answered;
    if (Array.isArray(answer) && answer[0] !== 'done') return answer;
    const reached = await waited.catch((error) => {
      if (error instanceof NoAnswer) return 0;
      throw error;
    });
    if (wait.followed(command) && Number(reached) >= this.#replicas) return answer;
    throw new TooFewReplicas(Number(reached), this.#replicas);
  }
}

/** The change was applied on the master, and can still be lost with it. */
class TooFewReplicas extends PersistError {
  constructor(reached: number, wanted: number) {
    super(
      'OUTCOME_UNKNOWN',
      `applied, but known to be on ${reached} of ${wanted} replicas only: a failover may lose it`,
    );
  }
}
