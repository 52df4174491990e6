import type { Change } from '../driver/change.js';
import type { Version } from '../driver/document.js';
import type { ListedVersion } from './watch-source.js';

/** The listing that goes on. */
interface Listing {
  readonly seen: Set<string>;
  /** The keys that changed meanwhile: what the listing says of them may be out of date. */
  readonly changed: Set<string>;
}

/**
 * What a watch still has to tell: of each key the last change alone, and only what differs from what was told
 * before. It remembers one version for each document that there is, or that the watcher believes to be there.
 */
export class MergedChanges {
  /** The documents as the watcher knows them. */
  readonly #told = new Map<string, Version | undefined>();
  readonly #pending = new Map<string, Change>();
  #listing: Listing | undefined;

  /** How many changes are waiting. */
  get size(): number {
    return this.#pending.size;
  }

  add(change: Change): void {
    this.#listing?.changed.add(change.key);
    this.#merge(change);
  }

  /** Compares a whole listing with what was told. If it fails, nothing counts as removed. */
  async compare(documents: AsyncIterable<ListedVersion>): Promise<void> {
    await this.#list(
      documents,
      (document) => this.#merge({ type: 'written', ...document }),
      ({ seen, changed }) => {
        for (const key of [...this.#told.keys(), ...this.#pending.keys()]) {
          if (!seen.has(key) && !changed.has(key)) this.#merge({ type: 'removed', key });
        }
      },
    );
  }

  /** Takes a listing as what the watcher knows already; changes that come meanwhile are to be told. */
  async assume(documents: AsyncIterable<ListedVersion>): Promise<void> {
    await this.#list(documents, ({ key, version }) => this.#told.set(key, version));
  }

  /** The change that waits the longest, which counts as told from now on. */
  take(): Change | undefined {
    for (const [key, change] of this.#pending) {
      this.#pending.delete(key);
      if (change.type === 'written') this.#told.set(key, change.version);
      else this.#told.delete(key);
      return change;
    }
    return undefined;
  }

  /** @param end is called right after the last document: no change comes between */
  async #list(
    documents: AsyncIterable<ListedVersion>,
    see: (document: ListedVersion) => void,
    end: (listing: Listing) => void = () => {},
  ): Promise<void> {
    const listing: Listing = { seen: new Set(), changed: new Set() };
    this.#listing = listing;
    try {
      for await (const document of documents) {
        listing.seen.add(document.key);
        if (!listing.changed.has(document.key)) see(document);
      }
      end(listing);
    } finally {
      this.#listing = undefined;
    }
  }

  #merge(change: Change): void {
    if (this.#isTold(change)) this.#pending.delete(change.key);
    else this.#pending.set(change.key, change);
  }

  #isTold({ key, type, version }: Change): boolean {
    if (type === 'removed') return !this.#told.has(key);
    return this.#told.has(key) && this.#told.get(key) === version;
  }
}
