import { exitCodes } from './exit-codes.js';

/** What a command has found to be wrong. Its message is for the user, who needs no stack. */
export class CommandFailure extends Error {
  readonly code: string = 'FAILED';
  readonly exitCode: number = exitCodes.failed;
}

/** What a command has found to be usable, but at risk. */
export class AtRisk extends CommandFailure {
  override readonly code = 'AT_RISK';
  override readonly exitCode = exitCodes.atRisk;
}
