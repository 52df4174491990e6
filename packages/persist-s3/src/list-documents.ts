import { checkKey, type Version } from '@sandkeep/persist-api';
import type { ListedObject, ListedPage } from './bucket.js';
import { hasTombstoneSize } from './object-body.js';
import type { Store } from './store.js';

export interface ListRequest {
  /** What the objects' keys begin with. */
  readonly root: string;
  /** `''`, or ends with `/`. */
  readonly prefix: string;
  readonly after: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Is told of the tombstones on the way. @param now the server's clock, in milliseconds since 1970 */
  onTombstone(tombstone: ListedObject, now: number): void;
}

export interface ListedDocument {
  readonly key: string;
  readonly version: Version;
}

/** The documents, page by page; while one page is used, the next is on its way. */
export async function* listDocuments(store: Store, request: ListRequest): AsyncGenerator<readonly ListedDocument[]> {
  const { root, prefix, signal, onTombstone } = request;
  const ending = new AbortController();
  const end = () => ending.abort(signal?.reason);
  signal?.addEventListener('abort', end);
  const fetch = (next: string | undefined) => fetchPage(store, request, next, ending.signal);
  try {
    let page: Promise<ListedPage> | undefined = fetch(undefined);
    while (page !== undefined) {
      const { objects, next, now }: ListedPage = await page;
      page = next === undefined ? undefined : fetch(next);
      page?.catch(() => {});
      const documents: ListedDocument[] = [];
      for (const object of objects) {
        const key = object.key.slice(root.length);
        if (!object.key.startsWith(root + prefix) || !isKey(key)) continue;
        if (hasTombstoneSize(object.bytes)) onTombstone(object, now);
        else documents.push({ key, version: object.etag });
      }
      yield documents;
    }
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}

async function fetchPage(
  store: Store,
  { root, prefix, after }: ListRequest,
  next: string | undefined,
  signal: AbortSignal,
): Promise<ListedPage> {
  // What is not a document is below `.sandkeep/`, and sorts before this.
  const from = { prefix: root + prefix, after: after === undefined ? `${root}/` : root + after, next };
  const time = store.time(signal);
  return (
    (await store.read(time, (ms) => store.bucket.list(from, time, ms))) ?? { objects: [], next: undefined, now: 0 }
  );
}

/** An object that is not the driver's is left out if no document can have its key. */
function isKey(key: string): boolean {
  try {
    checkKey(key);
    return true;
  } catch {
    return false;
  }
}
