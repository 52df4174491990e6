import { inspect } from 'node:util';

/** An error that nobody handled: of a promise that a driver left alone, or thrown from a timer. */
interface StrayError {
  /** The id of the case at work. */
  readonly id: string;
  readonly error: unknown;
}

/**
 * Keeps errors that nobody handles from ending the process before everything is cleaned up, from now until
 * the process ends.
 * @param caseAtWork the id of the case that runs, or just ran
 */
export class StrayErrors {
  readonly #found: StrayError[] = [];

  constructor(caseAtWork: () => string) {
    process.on('uncaughtException', (error) => this.#found.push({ id: caseAtWork(), error }));
  }

  get count(): number {
    return this.#found.length;
  }

  /** For people: which, and during which case. */
  describe(): string {
    return this.#found.map(({ id, error }) => `NOBODY HANDLED, while ${id} ran: ${inspect(error)}`).join('\n\n');
  }
}
