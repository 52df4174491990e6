import { constants } from 'node:os';

/** Why a command ended early, without an error: a signal, or a reader of the output that went away. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(cause: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE') {
    super(`interrupted by ${cause}`);
    this.exitCode = 128 + constants.signals[cause];
  }
}
