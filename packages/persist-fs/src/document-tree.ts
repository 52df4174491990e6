import { renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Document,
  encodeHeader,
  itemsOf,
  newAttemptId,
  PersistError,
  turnIfHeld,
  type Version,
} from '@sandkeep/persist-api';
import type { DirectoryFlush } from './directory-flush.js';
import { exists, readDocument } from './document-file.js';
import { DocumentPlace, type DocumentTreePlaces } from './document-place.js';
import { errnoOf, fromErrno } from './errors.js';
import { listTree } from './list-tree.js';
import type { NameIndex } from './name-index.js';
import { makeParents, pruneParents, refuseLinks } from './parent-directories.js';
import type { RemovalReserve } from './removal-reserve.js';
import type { Staging } from './staging.js';
import { directoryPath, documentPath } from './tree-path.js';

type Expectation = Version | 'absent' | undefined;

export interface DocumentTreeOptions extends DocumentTreePlaces {
  /** On the same file system as the tree's directory. */
  readonly staging: Staging;
  readonly reserve: RemovalReserve;
  /** Which files are flushed before they are committed: all, those of new documents, or none. */
  readonly flushFiles: 'all' | 'new' | 'none';
  /** Makes commits durable; undefined: they need not survive a power loss. */
  readonly flush: DirectoryFlush | undefined;
  /** Undefined where directory listings can be trusted. */
  readonly names: NameIndex | undefined;
}

/** What became of an attempt: `fenced` means that its claim was taken away before it committed. */
type Outcome = 'committed' | 'missing' | 'fenced';

/**
 * Documents as files below a directory, each changed by one rename of a prepared file, or, when it is
 * removed, into a prepared directory, which exist only while the attempt holds the commit slot
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

  list(prefix: string, after: string | undefined, signal?: AbortSignal): AsyncIterable<string> {
    return itemsOf(this.#listed(prefix, after, signal));
  }

  write(key: string, data: Uint8Array, expect: Expectation, signal?: AbortSignal): Promise<Version> {
    const place = new DocumentPlace(this.#options, key);
    return this.#attempt(place, async (attempt) => {
      if (expect !== undefined) place.check(expect);
      if (!(await this.#stage(place, attempt, data))) return undefined;
      const outcome = await this.#commit(place, attempt, expect, signal, () => this.#install(place, attempt));
      if (outcome === 'fenced') return undefined;
      place.slot.release();
      await this.#makeDurable(place);
      return attempt;
    });
  }

  remove(key: string, expect: Version | undefined, signal?: AbortSignal): Promise<boolean> {
    const { staging, reserve } = this.#options;
    const place = new DocumentPlace(this.#options, key);
    return this.#attempt(place, async (attempt) => {
      place.check(expect);
      if (expect === undefined && place.isMissing()) return false;
      await reserve.stageDirectory(staging, attempt);
      const outcome = await this.#commit(place, attempt, expect, signal, () => this.#moveOut(place, attempt));
      if (outcome === 'fenced') return undefined;
      place.slot.abandon(attempt);
      reserve.replenish();
      if (outcome === 'missing') return false;
      await this.#makeDurable(place);
      this.#prune(place);
      return true;
    });
  }

  /** Runs `run`, each time with a new attempt, until it gives a result: undefined means that it was fenced. */
  async #attempt<T>(place: DocumentPlace, run: (attempt: string) => Promise<T | undefined>): Promise<T> {
    try {
      for (;;) {
        const turn = turnIfHeld();
        if (turn !== undefined) await turn;
        const result = await run(newAttemptId());
        if (result !== undefined) return result;
      }
    } catch (error) {
      throw fromErrno(error, place.path);
    }
  }

  #stage({ path }: DocumentPlace, attempt: string, data: Uint8Array): Promise<boolean> {
    const { staging, flushFiles } = this.#options;
    const flush = flushFiles === 'all' || (flushFiles === 'new' && !exists(path));
    return staging.stageFile(attempt, [encodeHeader(attempt, data), data], flush);
  }

  /** Claims the slot, checks `expect` now that nobody else can commit, and runs `change`. */
  async #commit(
    place: DocumentPlace,
    attempt: string,
    expect: Expectation,
    signal: AbortSignal | undefined,
    change: () => Outcome,
  ): Promise<Outcome> {
    const { staging } = this.#options;
    let isClaimed = false;
    try {
      signal?.throwIfAborted();
      isClaimed = await place.slot.claim(staging.path(attempt), signal);
      if (!isClaimed) return 'fenced';
      place.check(expect);
      return change();
    } catch (error) {
      if (isClaimed) place.slot.abandon(attempt);
      else staging.discard(attempt);
      throw error;
    }
  }

  #install({ name, path, slot }: DocumentPlace, attempt: string): Outcome {
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

  #moveOut(place: DocumentPlace, attempt: string): Outcome {
    const inside = place.slot.path(attempt);
    if (place.isMissing()) return exists(inside) ? 'missing' : 'fenced';
    try {
      renameSync(place.path, join(inside, 'document'));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 'fenced';
      throw error;
    }
    this.#options.names?.remove(place.name, inside);
    return 'committed';
  }

  async #makeDurable({ path }: DocumentPlace): Promise<void> {
    try {
      await this.#options.flush?.flush(dirname(path));
    } catch (error) {
      const message = `${path}: the change was made, but flushing its directory failed: a power loss may undo it`;
      throw new PersistError('OUTCOME_UNKNOWN', message, { cause: error });
    }
  }

  #prune({ name }: DocumentPlace): void {
    const { directory, names, flush } = this.#options;
    for (const removed of pruneParents(directory, name)) flush?.forget(removed);
    if (names !== undefined) pruneParents(names.directory, name);
  }

  async *#listed(
    prefix: string,
    after: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly string[], void, undefined> {
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
}
