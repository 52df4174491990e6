import { setMaxListeners } from 'node:events';
import type { ServerCalls } from './server-calls.js';

/** How many keys one partition gives at a time. */
const pageSize = 200;

/**
 * The members of all partitions' indexes below `prefix` and greater than `after`, in byte order. It
 * holds one page of each partition.
 * @param prefix `''`, or ends with `/`
 */
export async function* listIndex(
  calls: ServerCalls,
  indexes: readonly string[],
  { prefix, after, signal }: { prefix: string; after?: string | undefined; signal?: AbortSignal | undefined },
): AsyncGenerator<string, void, undefined> {
  const aborted = signal === undefined ? undefined : AbortSignal.any([signal]);
  if (aborted !== undefined) setMaxListeners(indexes.length, aborted);
  const cursors = indexes.map((index) => new Cursor(calls, index, prefix, after, aborted));
  await Promise.all(cursors.map((cursor) => cursor.fill()));
  for (;;) {
    let first: Cursor | undefined;
    for (const cursor of cursors) {
      if (cursor.head !== undefined && (first?.head === undefined || cursor.head < first.head)) first = cursor;
    }
    if (first?.head === undefined) return;
    yield first.head;
    await first.advance();
  }
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

  async advance(): Promise<void> {
    this.#position += 1;
    if (this.head === undefined && !this.#atEnd) await this.fill();
  }

  async fill(): Promise<void> {
    const range = [this.#index, this.#min, this.#max, 'LIMIT', '0', String(pageSize)];
    this.#page = (await this.#calls.read('zrangebylex', range, 'utf8', { signal: this.#signal })) as string[];
    this.#position = 0;
    this.#atEnd = this.#page.length < pageSize;
    this.#min = `(${this.#page.at(-1) ?? ''}`;
  }
}
