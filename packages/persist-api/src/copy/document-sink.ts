import type { Version } from '../driver/document.js';
import type { PersistDriver } from '../driver/persist-driver.js';
import type { DocumentDone, DocumentLeft } from './document-outcome.js';

/** Where documents are taken from. */
export type DocumentSource = Pick<PersistDriver, 'list' | 'read'>;

/** What a sink has done with one document. */
export type Placement = (Omit<DocumentDone, 'key'> | Omit<DocumentLeft, 'key'>) & {
  /** Names what is now there, which is what was put there; undefined where that is not so. */
  readonly version?: Version | undefined;
};

/**
 * Where documents are put. Both methods may run several times at once, for different keys. They reject with
 * errors that do not concern one document alone, or with the reason of a signal.
 */
export interface DocumentSink {
  /** @param earlier the version of what this transfer had put there, or had found to be the same */
  put(key: string, data: Uint8Array, earlier: Version | undefined): Promise<Placement>;
  /** Takes back what this transfer had put there. @param earlier as for `put` */
  takeBack(key: string, earlier: Version): Promise<Placement>;
}
