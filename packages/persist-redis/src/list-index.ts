import { setMaxListeners } from 'node:events';
import { itemsOf } from '@sandkeep/persist-api';
import type { ServerCalls } from './server-calls.js';

/** How many keys one partition gives at a time. */
const pageSize = 200;

export interface IndexRange {
  /** `''`, or ends with `/`. */
  readonly prefix: string;
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The members of all partitions' indexes below a prefix and greater than `after`, in byte order. It
 * holds one page of each partition.
 */
export function listIndex(calls: ServerCalls, indexes: readonly string[], range: IndexRange): AsyncIterable<string> {
  return itemsOf(mergePages(calls, indexes, range));
}

/** What is known to come next, as far as the pages reach. */
async function* mergePages(
  calls: ServerCalls,
  indexes: readonly string[],
  { prefix, after, signal }: IndexRange,
): AsyncGenerator<string[], void, undefined> {
  const aborted = signal === undefined ? undefined : AbortSignal.any([signal]);
  if (aborted !== undefined) setMaxListeners(indexes.length, aborted);
  const cursors = indexes.map((index) => new Cursor(calls, index, prefix, after, aborted));
  for (;;) {
    await Promise.all(cursors.map((cursor) => cursor.fill()));
    const batch: string[] = [];
    for (;;) {
      const first = firstOf(cursors);
      if (first?.head === undefined) {
        yield batch;
        return;
      }
      batch.push(first.head);
      first.advance();
      if (first.isEmpty) break;
    }
    yield batch;
  }
}

function firstOf(cursors: readonly Cursor[]): Cursor | undefined {
  let first: Cursor | undefined;
  for (const cursor of cursors) {
    if (cursor.head !== undefined && (first?.head === undefined || cursor.head < first.head)) first = cursor;
  }
  return first;
}

/** One partition's place in the listing. */
class Cursor {
  readonly #calls: ServerCalls;
  readonly #index: string;
  readonly #max: string;
  readonly #signal: AbortSignal | undefined;
  #min: string;
  #page: string[] = [];
  #position = 0;
  #atEnd = false;

  constructor(calls: ServerCalls, index: string, prefix: string, after: string | undefined, signal?: AbortSignal) {
    this.#calls = calls;
    this.#index = index;
    this.#signal = signal;
    const start = prefix === '' ? '-' : `[${prefix}`;
    this.#min = after !== undefined && after >= prefix ? `(${after}` : start;
    // '0' is the character after '/'
    this.#max = prefix === '' ? '+' : `(${prefix.slice(0, -1)}0`;
  }

  get head(): string | undefined {
    return this.#page[this.#position];
  }

  /** There may be more, which has to be fetched before anything else can be told to be next. */
  get isEmpty(): boolean {
    return this.head === undefined && !this.#atEnd;
  }

  advance(): void {
    this.#position += 1;
  }

  /** Fetches the next page of an empty one. */
  async fill(): Promise<void> {
    if (!this.isEmpty) return;
    const range = [this.#index, this.#min, this.#max, 'LIMIT', '0', String(pageSize)];
    this.#page = (await this.#calls.read('zrangebylex', range, 'utf8', { signal: this.#signal })) as string[];
    this.#position = 0;
    this.#atEnd = this.#page.length < pageSize;
    this.#min = `(${this.#page.at(-1) ?? ''}`;
  }
}
