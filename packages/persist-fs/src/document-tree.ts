import { lstatSync, renameSync } from 'node:fs';
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
import { makeParents, pruneParents, refuseLinks } from './parent-directories.js';
import { newAttemptId } from './process-identity.js';
import type { RemovalReserve } from './removal-reserve.js';
import type { Staging } from './staging.js';
import { directoryPath, documentPath } from './tree-path.js';

type Expectation = Version | 'absent' | undefined;

export interface DocumentTreeOptions {
  /** Tells this tree from others that share its slots. */
  readonly id: string;
  /** The directory of the documents, without links in its path. */
  readonly directory: string;
  /** Where slots are; they and `staging` are on the same file system as `directory`. */
  readonly slots: string;
  readonly staging: Staging;
  readonly reserve: RemovalReserve;
  /** Which files are flushed before they are committed: all, those of new documents, or none. */
  readonly flushFiles: 'all' | 'new' | 'none';
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
    const turn = turnIfHeld();
    if (turn !== undefined) await turn;
    const { directory, assertPresent } = this.#options;
    const name = documentPath(key);
    try {
      refuseLinks(directory, name);
      const document = await readDocument(join(directory, name));
      if (document === undefined) assertPresent();
      return document;
    } catch (error) {
      throw fromErrno(error, join(directory, name));
    }
  }

  async *list(
    prefix: string,
    after: string | undefined,
    signal?: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    const { directory, names, assertPresent } = this.#options;
    try {
      assertPresent();
      if (prefix !== '') refuseLinks(directory, directoryPath(`${prefix}x`));
      yield* listTree({ directory, names: names?.directory, prefix, after, signal });
      assertPresent();
    } catch (error) {
      throw fromErrno(error, directory);
    }
  }

  write(key: string, data: Uint8Array, expect: Expectation, signal?: AbortSignal): Promise<Version> {
    const target = this.#target(key);
    return this.#attempt(target, expect, async (attempt) => {
      if (!(await this.#stage(target, attempt, data))) return undefined;
      const outcome = await this.#commit(target, attempt, expect, signal, () => this.#install(target, attempt));
      if (outcome === 'fenced') return undefined;
      target.slot.release();
      await this.#makeDurable(target);
      return attempt;
    });
  }

  remove(key: string, expect: Version | undefined, signal?: AbortSignal): Promise<boolean> {
    const { staging, reserve } = this.#options;
    const target = this.#target(key);
    return this.#attempt(target, expect, async (attempt) => {
      if (expect === undefined && this.#isMissing(target)) return false;
      await reserve.stageDirectory(staging, attempt);
      const outcome = await this.#commit(target, attempt, expect, signal, () => this.#moveOut(target, attempt));
      if (outcome === 'fenced') return undefined;
      target.slot.abandon(attempt);
      reserve.replenish();
      if (outcome === 'missing') return false;
      await this.#makeDurable(target);
      this.#prune(target);
      return true;
    });
  }

  #target(key: string): Target {
    const { id, directory, slots } = this.#options;
    const name = documentPath(key);
    return { name, path: join(directory, name), slot: new CommitSlot(slotPath(slots, `${id}:${name}`)) };
  }

  /** Runs `run`, each time with a new attempt, until it gives a result: undefined means that it was fenced. */
  async #attempt<T>(
    { path }: Target,
    expect: Expectation,
    run: (attempt: string) => Promise<T | undefined>,
  ): Promise<T> {
    try {
      for (;;) {
        const turn = turnIfHeld();
        if (turn !== undefined) await turn;
        this.#check(path, expect);
        const result = await run(newAttemptId());
        if (result !== undefined) return result;
      }
    } catch (error) {
      throw fromErrno(error, path);
    }
  }

  #stage({ path }: Target, attempt: string, data: Uint8Array): Promise<boolean> {
    const { staging, flushFiles } = this.#options;
    const flush = flushFiles === 'all' || (flushFiles === 'new' && !exists(path));
    return staging.stageFile(attempt, [encodeHeader(attempt, data), data], flush);
  }

  /** Claims the slot, checks `expect` now that nobody else can commit, and runs `change`. */
  async #commit(
    { name, path, slot }: Target,
    attempt: string,
    expect: Expectation,
    signal: AbortSignal | undefined,
    change: () => Outcome,
  ): Promise<Outcome> {
    const { directory, staging } = this.#options;
    let isClaimed = false;
    try {
      signal?.throwIfAborted();
      isClaimed = await slot.claim(staging.path(attempt), signal);
      if (!isClaimed) return 'fenced';
      refuseLinks(directory, name);
      this.#check(path, expect);
      return change();
    } catch (error) {
      if (isClaimed) slot.abandon(attempt);
      else staging.discard(attempt);
      throw error;
    }
  }

  #check(path: string, expect: Expectation): void {
    if (expect === undefined) return;
    try {
      const current = readVersion(path);
      if (current === undefined) this.#options.assertPresent();
      checkExpectation(expect, current);
    } catch (error) {
      if (expect !== 'absent' || !isPersistError(error, 'CORRUPT')) throw error;
      const message = `${path}: no document was expected, but there is a damaged one`;
      throw new PersistError('CONFLICT', message, { cause: error });
    }
  }

  /** @throws `CORRUPT` if it is a directory, which is not removed */
  #isMissing({ name, path }: Target): boolean {
    const { directory, assertPresent } = this.#options;
    refuseLinks(directory, name);
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined) assertPresent();
    else if (entry.isDirectory())
      throw new PersistError('CORRUPT', `${path}: a directory stands where a document is expected`);
    return entry === undefined;
  }

  #install({ name, path, slot }: Target, attempt: string): Outcome {
    this.#options.names?.add(name);
    for (;;) {
      try {
        renameSync(slot.path(attempt), path);
        return 'committed';
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error;
        if (!exists(slot.path(attempt))) return 'fenced';
        makeParents(path);
      }
    }
  }

  #moveOut(target: Target, attempt: string): Outcome {
    const inside = target.slot.path(attempt);
    if (this.#isMissing(target)) return exists(inside) ? 'missing' : 'fenced';
    try {
      renameSync(target.path, join(inside, 'document'));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 'fenced';
      throw error;
    }
    this.#options.names?.remove(target.name, inside);
    return 'committed';
  }

  async #makeDurable({ path }: Target): Promise<void> {
    try {
      await this.#options.flush?.flush(dirname(path));
    } catch (error) {
      const message = `${path}: the change was made, but flushing its directory failed: a power loss may undo it`;
      throw new PersistError('OUTCOME_UNKNOWN', message, { cause: error });
    }
  }

  #prune({ name }: Target): void {
    const { directory, names, flush } = this.#options;
    for (const removed of pruneParents(directory, name)) flush?.forget(removed);
    if (names !== undefined) pruneParents(names.directory, name);
  }
}
