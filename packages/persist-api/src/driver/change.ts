import type { Version } from './document.js';

/** One change of one document, as {@link PersistDriver.watch} tells it. */
export interface Change {
  readonly key: string;
  readonly type: 'written' | 'removed';
  /** The version that is there now; undefined for a removal, and for a document too damaged to tell it. */
  readonly version?: Version | undefined;
}
