import { chmodSync, lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { refusedEntry } from './refused-entry.js';

/** As many links as Linux follows in one path. */
const maxLinks = 40;

/**
 * Finds places below a directory as a process would whose root it is: a link in the middle of a path is
 * followed inside, never out. The last part of a path is never followed.
 */
export class TreeRoot {
  /** Directories that were found to be there, by the name that led to them. */
  readonly #known = new Map<string, string>();

  constructor(readonly path: string) {}

  /** Forgets what led through links: to be called when a directory or link is removed or made. */
  forget(): void {
    this.#known.clear();
  }

  /**
   * The real path of an entry, whose parent directories exist then: missing ones are made, mode 0755.
   * @param parts the entry's name, at least one part, none of them empty, `.` or `..`
   * @throws `INVALID_ARGUMENT` naming the entry, if a parent is no directory, or a link that leads out of the
   *   tree or to nothing
   */
  place(entry: string, parts: readonly string[]): string {
    return join(this.#directory(entry, parts.slice(0, -1), 'make') as string, parts.at(-1) as string);
  }

  /**
   * As {@link place}, but makes nothing: undefined if a parent directory is missing.
   * @throws as {@link place} does
   */
  find(entry: string, parts: readonly string[]): string | undefined {
    const directory = this.#directory(entry, parts.slice(0, -1), 'find');
    return directory === undefined ? undefined : join(directory, parts.at(-1) as string);
  }

  #directory(entry: string, parts: readonly string[], missing: 'make' | 'find'): string | undefined {
    const name = parts.join('/');
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const found: string[] = [];
    // What is left to walk, last part first; of these, the parts up to `linked` came out of a link.
    const rest = [...parts].reverse();
    let linked = rest.length;
    let links = 0;
    while (rest.length > 0) {
      const part = rest.pop() as string;
      const cameFromLink = rest.length >= linked;
      linked = Math.min(linked, rest.length);
      if (part === '..') {
        if (found.pop() === undefined) throw refusedEntry(entry, 'a link among its parents leads out of the tree');
        continue;
      }
      const path = join(this.path, ...found, part);
      const stats = statsOf(path);
      if (stats?.isSymbolicLink()) {
        links += 1;
        if (links > maxLinks) throw refusedEntry(entry, 'its parents are a circle of links');
        const target = readlinkSync(path);
        if (target.startsWith('/')) found.length = 0;
        linked = rest.length;
        rest.push(
          ...target
            .split('/')
            .filter((step) => step !== '' && step !== '.')
            .reverse(),
        );
        continue;
      }
      if (stats === undefined) {
        if (cameFromLink) throw refusedEntry(entry, 'a link among its parents leads to nothing in the tree');
        if (missing === 'find') return undefined;
        mkdirSync(path);
        // Not by mkdir, which would take the umask off.
        chmodSync(path, 0o755);
      } else if (!stats.isDirectory()) {
        throw refusedEntry(entry, `${[...found, part].join('/')} is no directory`);
      }
      found.push(part);
    }
    const path = join(this.path, ...found);
    this.#known.set(name, path);
    return path;
  }
}

/** The stats of what is at a path, itself not followed; undefined if there is nothing. */
export function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
