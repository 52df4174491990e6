import {
  type Document,
  decodeDocument,
  isPersistError,
  itemsOf,
  PersistError,
  type Version,
} from '@sandkeep/persist-api';
import { newAttemptId } from './attempt-id.js';
import type { Condition, Found } from './bucket.js';
import type { CallTime } from './call-time.js';
import { conditionalDelete } from './conditional-delete.js';
import { conditionalPut, conflict, type Put } from './conditional-put.js';
import { type ListedDocument, listDocuments } from './list-documents.js';
import { contentOf, encodeDocument, encodeTombstone, hasTombstoneSize } from './object-body.js';
import { plainPut } from './plain-put.js';
import { SeenObjects } from './seen-objects.js';
import type { Store } from './store.js';
import { TombstoneSweep } from './tombstone-sweep.js';
import { Turns } from './turns.js';

/** Whoever lost a race many times must not wait longer than those who did not: they would lose the next one, too. */
const maxConflictPauseMs = 50;

/** Documents, or the records of locks, as objects whose keys begin with `root`. The version is the ETag. */
export class Documents {
  readonly #store: Store;
  readonly #root: string;
  readonly #seen = new SeenObjects();
  readonly #turns = new Turns();
  readonly #sweep: TombstoneSweep;

  constructor(store: Store, root: string, sweepAfterMs: number) {
    this.#store = store;
    this.#root = root;
    this.#sweep = new TombstoneSweep(store, sweepAfterMs);
  }

  async read(key: string, signal?: AbortSignal | undefined): Promise<Document | undefined> {
    const found = await this.#store.get(this.#root + key, this.#store.time(signal));
    this.#seen.delete(key);
    if (found === undefined) return undefined;
    const { bytes, etag } = found;
    if (hasTombstoneSize(bytes.byteLength)) {
      const { kind } = contentOf(bytes);
      if (kind === 'removed') this.#seen.set(key, { kind, etag });
      if (kind !== 'document') return undefined;
    }
    const { data } = decodeDocument(bytes);
    this.#seen.set(key, { kind: 'document', etag });
    return { data, version: etag };
  }

  async write(
    key: string,
    data: Uint8Array,
    expect: Version | 'absent' | undefined,
    signal?: AbortSignal | undefined,
  ): Promise<Version> {
    const attempt = newAttemptId();
    const put: Put = {
      key: this.#root + key,
      body: encodeDocument(attempt, data),
      attempt,
      seenBefore: this.#seen.get(key)?.etag,
    };
    const time = this.#store.time(signal);
    const write = () => this.#forgetting(key, () => this.#write(key, put, expect, time));
    const etag = await (expect === undefined ? this.#inTurn(key, time, write) : write());
    this.#seen.set(key, { kind: 'document', etag });
    return etag;
  }

  async remove(key: string, expect: Version | undefined, signal?: AbortSignal | undefined): Promise<boolean> {
    const time = this.#store.time(signal);
    if (expect !== undefined) {
      this.#checkVersion(expect);
      await this.#forgetting(key, () => this.#remove(key, expect, time));
      return true;
    }
    for (;;) {
      const version = await this.#currentVersion(key, time);
      if (version === undefined) return false;
      try {
        await this.#forgetting(key, () => this.#remove(key, version, time));
        return true;
      } catch (error) {
        await this.#pauseAfterConflict(error, time);
      }
    }
  }

  list(prefix: string, after?: string | undefined, signal?: AbortSignal | undefined): AsyncIterable<string> {
    return itemsOf(this.#keys(prefix, after, signal));
  }

  /** As {@link list}, with the versions. */
  versions(prefix: string, signal: AbortSignal): AsyncIterable<ListedDocument> {
    return itemsOf(this.#pages(prefix, undefined, signal));
  }

  /** Ends the sweeping. */
  close(): Promise<void> {
    return this.#sweep.close();
  }

  async *#keys(prefix: string, after: string | undefined, signal: AbortSignal | undefined) {
    for await (const page of this.#pages(prefix, after, signal)) yield page.map(({ key }) => key);
  }

  #pages(prefix: string, after: string | undefined, signal: AbortSignal | undefined) {
    const onTombstone = this.#sweep.add.bind(this.#sweep);
    return listDocuments(this.#store, { root: this.#root, prefix, after, signal, onTombstone });
  }

  /** Without a condition of the caller's, changes that need one of their own would only make each other try again. */
  #inTurn<T>(key: string, time: CallTime, run: () => Promise<T>): Promise<T> {
    if (this.#store.traits.conditionalDelete) return run();
    return this.#turns.take(key, (before) => this.#store.wait(time, before), run);
  }

  async #write(key: string, put: Put, expect: Version | 'absent' | undefined, time: CallTime): Promise<string> {
    if (expect !== undefined && expect !== 'absent') {
      this.#checkVersion(expect);
      return conditionalPut(this.#store, put, { match: expect }, time);
    }
    const seen = this.#seen.get(key);
    if (expect === undefined && this.#store.traits.conditionalDelete && seen === undefined) {
      return plainPut(this.#store, put, time);
    }
    let condition: Condition =
      seen !== undefined && (expect === undefined || seen.kind === 'removed') ? { match: seen.etag } : 'absent';
    for (let conflicts = 1; ; conflicts += 1) {
      try {
        return await conditionalPut(this.#store, put, condition, time);
      } catch (error) {
        if (!isPersistError(error, 'CONFLICT')) throw error;
        if (expect === undefined && this.#store.traits.conditionalDelete) return plainPut(this.#store, put, time);
        if (conflicts > 1) await this.#pauseAfterConflict(error, time);
        condition = await this.#nextCondition(put.key, expect, time);
      }
    }
  }

  /** The condition under which a document can be made now, or, without an expectation, replaced. */
  async #nextCondition(key: string, expect: 'absent' | undefined, time: CallTime): Promise<Condition> {
    for (;;) {
      const found = await this.#store.peek(key, time);
      if (found.kind === 'absent') return 'absent';
      if (found.kind === 'document' && expect === 'absent') throw conflict(found.etag);
      if (found.kind !== 'sweeping' || mayReplace(found)) return { match: found.etag };
      if (await time.pause(time.leftForChange)) continue;
      throw new PersistError('UNAVAILABLE', 'the tombstone of the removed document is being swept: try again');
    }
  }

  async #remove(key: string, version: Version, time: CallTime): Promise<void> {
    const object = this.#root + key;
    const seenBefore = this.#seen.get(key)?.etag;
    if (this.#store.traits.conditionalDelete) {
      await conditionalDelete(this.#store, { key: object, etag: version, seenBefore }, time);
      this.#seen.delete(key);
      return;
    }
    const attempt = newAttemptId();
    const put = { key: object, body: encodeTombstone(attempt), attempt, seenBefore };
    const etag = await conditionalPut(this.#store, put, { match: version }, time);
    this.#seen.set(key, { kind: 'removed', etag });
  }

  async #currentVersion(key: string, time: CallTime): Promise<Version | undefined> {
    const seen = this.#seen.get(key);
    if (seen?.kind === 'document') return seen.etag;
    const found = await this.#store.peek(this.#root + key, time);
    return found.kind === 'document' ? found.etag : undefined;
  }

  /** What was seen last is not to be relied upon after a failure. */
  async #forgetting<T>(key: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      this.#seen.delete(key);
      throw error;
    }
  }

  async #pauseAfterConflict(error: unknown, time: CallTime): Promise<void> {
    if (!isPersistError(error, 'CONFLICT')) throw error;
    if (await time.pause(time.leftForChange, maxConflictPauseMs)) return;
    throw new PersistError('UNAVAILABLE', `the document kept changing for ${this.#store.timeoutMs} ms: try again`);
  }

  /** Ceph compares no more than the length of the current ETag: anything else must not reach it. */
  #checkVersion(version: Version): void {
    const form = this.#store.traits.quotedEtags ? /^[0-9A-Za-z_.+/=-]{1,128}$/ : /^[0-9a-f]{32}$/;
    if (!form.test(version)) throw conflict();
  }
}

/** See `TombstoneSweep`. */
function mayReplace({ until, now }: Extract<Found, { kind: 'sweeping' }>): boolean {
  return now > until * 1000;
}
