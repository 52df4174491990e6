import { PersistError } from '@sandkeep/persist-api';
import type { Connection } from './connection.js';
import { NoAnswer } from './no-answer.js';
import { ScriptCommand } from './script-command.js';
import { ServerCalls } from './server-calls.js';
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

  protected override async send(command: ServerCommand): Promise<unknown> {
    if (!(command instanceof ScriptCommand)) return super.send(command);
    const left = command.deadline - performance.now();
    const waitMs = Math.max(1, Math.ceil(Math.min(left, this.timeoutMs / 4)));
    const wait = new ServerCommand('wait', [String(this.#replicas), String(waitMs)], 'utf8', command);
    const answered = super.send(command);
    const waited = this.sendBeside(wait, command);
    const answer = await answered;
    if (answer !== 'done') return answer;
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
