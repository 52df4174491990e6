import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { checkExpectation, isPersistError, PersistError, type Version } from '@sandkeep/persist-api';
import { CommitSlot, slotPath } from './commit-slot.js';
import { readVersion } from './document-file.js';
import { refuseLinks } from './parent-directories.js';
import { documentPath } from './tree-path.js';

export interface DocumentTreePlaces {
  /** Tells this tree from others that share its slots. */
  readonly id: string;
  /** The directory of the documents, without links in its path. */
  readonly directory: string;
  /** Where slots are, on the same file system as `directory`. */
  readonly slots: string;
  /** Throws if the store itself is gone, so that this is not taken for a missing document. */
  assertPresent(): void;
}

/** One document of a tree: where it is, where it is committed, and what stands there now. */
export class DocumentPlace {
  /** Relative to the tree's directory. */
  readonly name: string;
  readonly path: string;
  readonly slot: CommitSlot;
  readonly #tree: DocumentTreePlaces;

  constructor(tree: DocumentTreePlaces, key: string) {
    this.name = documentPath(key);
    this.path = join(tree.directory, this.name);
    this.slot = new CommitSlot(slotPath(tree.slots, `${tree.id}:${this.name}`));
    this.#tree = tree;
  }

  /**
   * @throws `CONFLICT` unless the condition holds now
   * @throws `PERMISSION_DENIED` if a directory that leads to the document is a link
   */
  check(expect: Version | 'absent' | undefined): void {
    refuseLinks(this.#tree.directory, this.name);
    if (expect === undefined) return;
    try {
      const current = readVersion(this.path);
      if (current === undefined) this.#tree.assertPresent();
      checkExpectation(expect, current);
    } catch (error) {
      if (expect !== 'absent' || !isPersistError(error, 'CORRUPT')) throw error;
      const message = `${this.path}: no document was expected, but there is a damaged one`;
      throw new PersistError('CONFLICT', message, { cause: error });
    }
  }

  /** @throws `CORRUPT` if it is a directory, which is not ours to remove */
  isMissing(): boolean {
    const entry = lstatSync(this.path, { throwIfNoEntry: false });
    if (entry?.isDirectory()) {
      throw new PersistError('CORRUPT', `${this.path}: a directory stands where a document is expected`);
    }
    if (entry === undefined) this.#tree.assertPresent();
    return entry === undefined;
  }
}
