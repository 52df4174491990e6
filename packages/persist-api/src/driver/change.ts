import type { Version } from './document.js';

/** One change of one document, as {@link PersistDriver.watch} tells it. */
export interface Change {
  readonly key: string;
  readonly type: 'written' | 'removed';
  /** The version that was written; undefined for a removal. */
  readonly version?: Version;
}
