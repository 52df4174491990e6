import { lstatSync, mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  checkExpectation,
  type Document,
  encodeHeader,
  isPersistError,
  PersistError,
  type Version,
} from '@sandkeep/persist-api';
import { CommitSlot, slotPath } from './commit-slot.js';
import type { DirectoryFlush } from './directory-flush.js';
import { exists, readDocument, readVersion } from './document-file.js';
import { errnoOf, fromErrno } from './errors.js';
import { turnIfHeld } from './event-loop.js';
import { listTree } from './list-tree.js';
import type { NameIndex } from './name-index.js';
import { newAttemptId } from './process-identity.js';
import type { Staging } from './staging.js';
import { directoryPath, documentPath } from './tree-path.js';

type Expectation = Version | 'absent' | undefined;

export interface DocumentTreeOptions {
  /** The directory of the documents, without links in its path. */
  readonly directory: string;
  /** Where slots are; they and `staging` are on the same file system as `directory`. */
  readonly slots: string;
  readonly staging: Staging;
  /** Makes commits durable; undefined: they need not survive a power loss. */
  readonly flush: DirectoryFlush | undefined;
  /** Undefined where directory listings can be trusted. */
  readonly names: NameIndex | undefined;
  /** Throws if the store itself is gone, so that this is not taken for a missing document. */
  assertPresent(): void;
}

interface Target {
  /** Relative to the tree's directory. */
  readonly name: string;
  readonly path: string;
  readonly slot: CommitSlot;
}

/** What became of an attempt: `fenced` means that its claim was taken away before it committed. */
type Outcome = 'committed' | 'missing' | 'fenced';

/**
 * Documents as files below a directory, each changed by one rename of a prepared file, or, when it is
 * removed, into a prepared directory, which exist only while the attempt holds the {@link CommitSlot}
 * of the document. So a crash at any instant leaves the old or the new document, and a process that
 * was paused for however long before its commit finds the path gone and starts over.
 */
export class DocumentTree {
  readonly #options: DocumentTreeOptions;

  constructor(options: DocumentTreeOptions) {
    this.#options = options;
  }

  async read(key: string): Promise<Document | undefined> {
    await turnIfHeld();
    const name = documentPath(key);
    this.#refuseLinks(name);
    const document = await readDocument(join(this.#options.directory, name));
    if (document === undefined) this.#options.assertPresent();
    return document;
  }

  list(prefix: string, after: string | undefined, signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    const { directory, names, assertPresent } = this.#options;
    assertPresent();
    if (prefix !== '') this.#refuseLinks(directoryPath(`${prefix}x`));
    return listTree({ directory, names: names?.directory, prefix, after, signal });
  }

  async write(key: string, data: Uint8Array, expect: Expectation, signal?: AbortSignal): Promise<Version> {
    const { staging, names } = this.#options;
    const target = this.#target(key);
    for (;;) {
      await turnIfHeld();
      this.#check(target, expect);
      const attempt = newAttemptId();
      await staging.stageFile(attempt, [encodeHeader(attempt, data), data]);
      const outcome = await this.#commit(target, attempt, expect, signal, () => {
        names?.add(target.name);
        return this.#install(target, attempt);
      });
      if (outcome === 'fenced') continue;
      target.slot.release();
      await this.#makeDurable(target);
      return attempt;
    }
  }

  async remove(key: string, expect: Version | undefined, signal?: AbortSignal): Promise<boolean> {
    const { staging, names } = this.#options;
    const target = this.#target(key);
    for (;;) {
      await turnIfHeld();
      this.#check(target, expect);
      if (!exists(target.path)) {
        this.#options.assertPresent();
        return false;
      }
      const attempt = newAttemptId();
      staging.stageDirectory(attempt);
      const outcome = await this.#commit(target, attempt, expect, signal, () => {
        const result = this.#moveOut(target, attempt);
        if (result !== 'fenced') names?.remove(target.name, target.slot.path(attempt));
        return result;
      });
      if (outcome === 'fenced') continue;
      target.slot.abandon(attempt);
      staging.replenishReserve();
      if (outcome === 'missing') return false;
      await this.#makeDurable(target);
      this.#pruneDirectories(target);
      return true;
    }
  }

  #target(key: string): Target {
    const { directory, slots, staging } = this.#options;
    const name = documentPath(key);
    this.#refuseLinks(name);
    const path = join(directory, name);
    return { name, path, slot: new CommitSlot(slotPath(slots, path), staging) };
  }

  /** Claims the slot, checks `expect` now that nobody else can commit, and runs `change`. */
  async #commit(
    { path, slot }: Target,
    attempt: string,
    expect: Expectation,
    signal: AbortSignal | undefined,
    change: () => Outcome,
  ): Promise<Outcome> {
    try {
      signal?.throwIfAborted();
      if (!(await slot.claim(attempt, signal))) return 'fenced';
    } catch (error) {
      this.#options.staging.discard(attempt);
      throw error;
    }
    try {
      this.#check({ path }, expect);
      return change();
    } catch (error) {
      slot.abandon(attempt);
      throw fromErrno(error, path);
    }
  }

  #check({ path }: Pick<Target, 'path'>, expect: Expectation): void {
    if (expect === undefined) return;
    try {
      const current = readVersion(path);
      if (current === undefined) this.#options.assertPresent();
      checkExpectation(expect, current);
    } catch (error) {
      if (expect !== 'absent' || !isPersistError(error, 'CORRUPT')) throw error;
      throw new PersistError('CONFLICT', `${path}: no document was expected, but there is a damaged one`, {
        cause: error,
      });
    }
  }

  #install({ path, slot }: Target, attempt: string): Outcome {
    for (;;) {
      try {
        renameSync(slot.path(attempt), path);
        return 'committed';
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error;
        if (!exists(slot.path(attempt))) return 'fenced';
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      }
    }
  }

  #moveOut({ path, slot }: Target, attempt: string): Outcome {
    try {
      renameSync(path, join(slot.path(attempt), 'document'));
      return 'committed';
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      return exists(slot.path(attempt)) ? 'missing' : 'fenced';
    }
  }

  async #makeDurable({ path }: Target): Promise<void> {
    try {
      await this.#options.flush?.flush(dirname(path));
    } catch (error) {
      const message = `${path}: the change was made, but flushing its directory failed: a power loss may undo it`;
      throw new PersistError('OUTCOME_UNKNOWN', message, { cause: error });
    }
  }

  /** Removes directories that have become empty, so that short-lived keys leave nothing behind. */
  #pruneDirectories({ name }: Target): void {
    for (const root of [this.#options.directory, this.#options.names?.directory]) {
      if (root === undefined) continue;
      try {
        for (let parent = dirname(name); parent !== '.'; parent = dirname(parent)) rmdirSync(join(root, parent));
      } catch {
        // Not empty, or gone: both are fine.
      }
    }
  }

  #refuseLinks(name: string): void {
    let path = this.#options.directory;
    for (const part of name.split('/').slice(0, -1)) {
      path = `${path}/${part}`;
      const entry = lstatSync(path, { throwIfNoEntry: false });
      if (entry === undefined) return;
      if (entry.isSymbolicLink()) {
        throw new PersistError('PERMISSION_DENIED', `${path} is a symbolic link, and links are not followed`);
      }
    }
  }
}
