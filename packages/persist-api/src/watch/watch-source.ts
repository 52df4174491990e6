import type { Change } from '../driver/change.js';
import type { Version } from '../driver/document.js';

/** A document that a listing found. */
export interface ListedVersion {
  readonly key: string;
  /** Undefined if the document is too damaged to tell it. */
  readonly version: Version | undefined;
}

/** Where a {@link WatchSource} tells what it hears. Its methods never throw, and cost little. */
export interface WatchFeed {
  /**
   * A document was written or removed. Of one key, changes are told in their order; telling one again, or one that
   * the listing shows, too, does no harm. Keys outside the prefix are left out.
   */
  tell(change: Change): void;
  /** Changes may be missed from now on: everything has to be listed again. */
  missed(): void;
}

/** What differs between backends in a watch; {@link watchChanges} does the rest. */
export interface WatchSource {
  /** For a backend that tells nothing by itself: how often to list, in milliseconds. */
  readonly pollMs?: number | undefined;
  /**
   * First makes sure that `feed` is told of every change from now on, and then yields every document below the prefix,
   * in any order: each that is there all the time once or more. Called again after `feed.missed()`, or when it is time
   * to poll, and after a retryable error; never while an earlier listing goes on. Rejects with the signal's reason.
   */
  list(feed: WatchFeed, signal: AbortSignal): AsyncIterable<ListedVersion>;
  /** Releases everything. Called any number of times, also while a listing goes on. */
  close(): void;
}
