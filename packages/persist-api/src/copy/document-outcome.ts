import type { PersistError } from '../persist-error.js';

/** What became of one document, as {@link copyDocuments} tells it. */
export type DocumentOutcome = (DocumentDone | DocumentLeft) & {
  /** It had changed in the source since it was looked at first. @default false */
  readonly again?: boolean;
};

/** What became of one document. */
export interface DocumentDone {
  readonly key: string;
  /**
   * - `written`: there was none, and now there is
   * - `replaced`: another one was there, and now this one is
   * - `unchanged`: the same bytes were there already
   * - `skipped`: another one is there, and stays, as was asked for
   * - `removed`: the source has removed it meanwhile, and so has the target what was copied of it
   * - `deleted`: only the target had it, and has no more, as was asked for
   * - `changed`: the source has changed or removed it again since it was last taken
   */
  readonly outcome: 'written' | 'replaced' | 'unchanged' | 'skipped' | 'removed' | 'deleted' | 'changed';
  readonly error?: undefined;
}

/** The target has what it had before. */
export interface DocumentLeft {
  readonly key: string;
  /** `conflict`: another document is there, or somebody else writes it; `failed`: it cannot be read or written. */
  readonly outcome: 'conflict' | 'failed';
  readonly error: PersistError;
}
