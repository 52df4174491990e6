import { lstatSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import {
  isPersistError,
  type ListedVersion,
  turnIfHeld,
  type Version,
  type WatchFeed,
  type WatchSource,
} from '@sandkeep/persist-api';
import { readVersion } from '../document-file.js';
import { errnoOf, fromErrno } from '../errors.js';
import { parseName } from '../tree-path.js';
import { WatchedDirectory } from './watched-directory.js';

/**
 * How often directories are looked at whose time of modification has changed, in milliseconds: the kernel drops events when
 * too many are waiting, and has none for what other machines do on a network file system.
 */
const verifyMs = 10_000;
/** The same where there are no events. */
const blindVerifyMs = 2_000;
/** At most this share of the time goes into that. */
const verifyShare = 0.05;

export interface FsWatchOptions {
  /** The directory of the documents, without links in its path. */
  readonly directory: string;
  /** `''`, or ends with `/`. */
  readonly prefix: string;
  /** Throws if the store itself is gone. */
  assertPresent(): void;
}

/** A directory, and which keys its entries have. */
interface Place {
  /** Relative to the directory of the documents. */
  readonly path: string;
  /** What the keys in it begin with. */
  readonly base: string;
  /** Whether it holds the second halves of long segments. */
  readonly isHalf: boolean;
  readonly directory: WatchedDirectory;
}

/**
 * Watches the directories that lead to, and are below, a prefix: one watch each, none for files. An event says which entry
 * to look at; what it is now is read from the file.
 */
export class FsWatch implements WatchSource {
  readonly #options: FsWatchOptions;
  readonly #places = new Map<string, Place>();
  /** The entries to look at. */
  readonly #touched = new Map<Place, Set<string> | 'all'>();
  #feed: WatchFeed | undefined;
  #pump: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isBlind = false;
  #closed = false;

  constructor(options: FsWatchOptions) {
    this.#options = options;
  }

  async *list(feed: WatchFeed, signal: AbortSignal): AsyncGenerator<ListedVersion, void, undefined> {
    this.#reset();
    this.#feed = feed;
    const { directory, assertPresent } = this.#options;
    try {
      assertPresent();
      for await (const document of this.#scan(this.#place('', '', false), true)) {
        signal.throwIfAborted();
        yield document;
      }
      assertPresent();
    } catch (error) {
      throw fromErrno(error, directory);
    }
    this.#verifyLater(0);
  }

  close(): void {
    this.#closed = true;
    this.#reset();
  }

  #reset(): void {
    clearTimeout(this.#timer);
    for (const { directory } of this.#places.values()) directory.close();
    this.#places.clear();
    this.#touched.clear();
    this.#isBlind = false;
  }

  #place(path: string, base: string, isHalf: boolean): Place {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    const absolute = path === '' ? this.#options.directory : `${this.#options.directory}/${path}`;
    const place: Place = { path, base, isHalf, directory: new WatchedDirectory(absolute) };
    this.#places.set(path, place);
    return place;
  }

  /**
   * Reads a directory, and those in it that are new. What is not there any more is told.
   * @param anew begin to watch it first, as it may be another one than before
   * @returns the documents
   */
  async *#scan(place: Place, anew: boolean): AsyncGenerator<ListedVersion, void, undefined> {
    if (this.#closed || this.#places.get(place.path) !== place) return;
    const { directory } = place;
    const events = {
      onEvent: (event: string, name: string | null) => this.#onEvent(place, event, name),
      onBlind: (error: unknown) => this.#onBlind(error),
    };
    const entries = await (anew || !directory.isCurrent() ? directory.open(events) : directory.read());
    if (this.#closed) return directory.close();
    const found = new Set(entries?.map(({ name }) => name));
    for (const name of directory.names) if (!found.has(name)) yield* this.#look(place, name);
    if (entries === undefined) {
      directory.close();
      this.#places.delete(place.path);
      return;
    }
    for (const entry of entries) {
      const held = turnIfHeld();
      if (held !== undefined) await held;
      const isDirectory = entry.isDirectory();
      if (!isDirectory && !entry.isFile()) continue;
      if (isDirectory && this.#childOf(place, entry.name)?.directory.isCurrent()) continue;
      yield* this.#look(place, entry.name);
    }
  }

  /** Looks at one entry, whatever it was before; at a directory as if it were another one. */
  async *#look(place: Place, name: string): AsyncGenerator<ListedVersion, void, undefined> {
    const { names } = place.directory;
    const document = parseName(name, false, place.isHalf);
    if (document === undefined) {
      const child = this.#childOf(place, name);
      if (child === undefined) return;
      names.add(name);
      yield* this.#scan(child, true);
      if (!this.#places.has(child.path)) names.delete(name);
      return;
    }
    const key = place.base + document.segment;
    if (!key.startsWith(this.#options.prefix)) return;
    const found = versionOf(`${place.directory.path}/${name}`);
    if (found === undefined) {
      names.delete(name);
      this.#feed?.tell({ key, type: 'removed' });
      return;
    }
    names.add(name);
    yield { key, version: found.version };
  }

  /** The directory of that name, if it leads to the prefix or is below it. */
  #childOf(place: Place, name: string): Place | undefined {
    const entry = parseName(name, true, place.isHalf);
    if (entry === undefined) return undefined;
    const isHalf = entry.type === 'split';
    const base = place.base + entry.segment + (isHalf ? '' : '/');
    const { prefix } = this.#options;
    if (!prefix.startsWith(base) && !base.startsWith(prefix)) return undefined;
    return this.#place(place.path === '' ? name : `${place.path}/${name}`, base, isHalf);
  }

  #onEvent(place: Place, event: string, name: string | null): void {
    if (name === null) this.#touch(place, undefined);
    // A directory changes when it comes or goes: other events are those of its own watch.
    else if (event === 'rename' || parseName(name, false, place.isHalf) !== undefined) this.#touch(place, name);
  }

  #onBlind(error: unknown): void {
    this.#isBlind = true;
    warnOnce(this.#options.directory, error);
  }

  #touch(place: Place, name: string | undefined): void {
    const before = this.#touched.get(place);
    if (name === undefined) this.#touched.set(place, 'all');
    else if (before === undefined) this.#touched.set(place, new Set([name]));
    else if (before !== 'all') before.add(name);
    this.#pump ??= this.#tellTouched();
  }

  /** Tells what the touched entries are now, once the events of this turn are in. */
  async #tellTouched(): Promise<void> {
    await turn();
    try {
      while (this.#touched.size > 0) {
        const touched = [...this.#touched];
        this.#touched.clear();
        for (const [place, names] of touched) await this.#tellOf(place, names);
      }
    } catch {
      this.#touched.clear();
      this.#feed?.missed();
    } finally {
      this.#pump = undefined;
    }
  }

  async #tellOf(place: Place, names: Set<string> | 'all'): Promise<void> {
    if (this.#places.get(place.path) !== place) return;
    if (names === 'all') return this.#tell(this.#scan(place, false));
    for (const name of names) {
      const held = turnIfHeld();
      if (held !== undefined) await held;
      await this.#tell(this.#look(place, name));
    }
  }

  async #tell(documents: AsyncIterable<ListedVersion>): Promise<void> {
    for await (const document of documents) this.#feed?.tell({ type: 'written', ...document });
  }

  #verifyLater(lastMs: number): void {
    if (this.#closed) return;
    const pause = Math.max(this.#isBlind ? blindVerifyMs : verifyMs, lastMs / verifyShare);
    this.#timer = setTimeout(() => void this.#verify(), pause).unref();
  }

  /** Has every directory read that may have changed. */
  async #verify(): Promise<void> {
    const startedAt = performance.now();
    const timer = this.#timer;
    try {
      this.#options.assertPresent();
      for (const place of this.#places.values()) {
        const held = turnIfHeld();
        if (held !== undefined) await held;
        if (place.directory.mayHaveChanged()) this.#touch(place, undefined);
      }
      await this.#pump;
    } catch {
      this.#feed?.missed();
    }
    if (this.#timer === timer) this.#verifyLater(performance.now() - startedAt);
  }
}

/** A document's version, undefined if it is too damaged to tell; undefined if there is none. */
function versionOf(path: string): { readonly version: Version | undefined } | undefined {
  try {
    const version = readVersion(path);
    return version === undefined ? undefined : { version };
  } catch (error) {
    const concernsIt = isPersistError(error, 'CORRUPT') || isPersistError(error, 'PERMISSION_DENIED');
    if (!concernsIt) throw error;
    return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? { version: undefined } : undefined;
  }
}

const warned = new Set<string>();

/** Says once for each root why changes are told late. */
function warnOnce(root: string, error: unknown): void {
  if (warned.has(root)) return;
  warned.add(root);
  const message =
    `${root}: there are no events for all directories (${errnoOf(error) ?? error}), so that changes are looked for every ` +
    `${blindVerifyMs / 1000} s: raise fs.inotify.max_user_watches or max_user_instances`;
  process.emitWarning(message, { type: 'SandkeepWarning', code: 'SANDKEEP_FS_WATCH_POLLS' });
}
