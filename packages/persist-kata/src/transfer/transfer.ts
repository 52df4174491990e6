import { isPersistError, type PersistError } from '@sandkeep/persist-api';

/** How sandboxes go between a tree and a store. */
export interface TransferOptions {
  /** Find out what would be done, and change nothing. */
  readonly dryRun?: boolean | undefined;
  /** Replace what is there and differs, instead of leaving it as a conflict. */
  readonly overwrite?: boolean | undefined;
  /** Ends the transfer before the next sandbox. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of one sandbox. */
export type Transferred =
  | {
      readonly id: string;
      /**
       * `written`: it is there now (in a dry run: would be). `unchanged`: the same state was there already.
       * `skipped`: there is no state to take.
       */
      readonly outcome: 'written' | 'unchanged' | 'skipped';
    }
  | {
      readonly id: string;
      /** `conflict`: another state is there, and was left. `failed`: it cannot be read or written. */
      readonly outcome: 'conflict' | 'failed';
      readonly error: PersistError;
    };

/** The codes of errors that concern one sandbox or file, after which the others can go on. */
const codesOfOne: ReadonlySet<string> = new Set([
  'CONFLICT',
  'CORRUPT',
  'FORMAT_UNSUPPORTED',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'PERMISSION_DENIED',
  'TOO_LARGE',
  'UNSUPPORTED',
]);

/** Whether the others can go on after an error. */
export function concernsOne({ code }: PersistError): boolean {
  return codesOfOne.has(code);
}

/** What became of a sandbox whose transfer threw `error`. @throws `error`, if it concerns the others, too */
export function failureOf(id: string, error: unknown): Transferred {
  if (!isPersistError(error) || !concernsOne(error)) throw error;
  return { id, outcome: error.code === 'CONFLICT' ? 'conflict' : 'failed', error };
}
