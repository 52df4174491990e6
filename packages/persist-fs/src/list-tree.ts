import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { turnIfHeld } from '@sandkeep/persist-api';
import { exists } from './document-file.js';
import { errnoOf } from './errors.js';
import { directoryPath, parseName } from './tree-path.js';

export interface ListTreeOptions {
  readonly directory: string;
  /** The directory of the {@link NameIndex}, where there is one. */
  readonly names: string | undefined;
  /** `''`, or a key and a `/`. */
  readonly prefix: string;
  readonly after: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A document of which the file itself was seen, and not only its name in the index. */
const seenDocument = 'seen document';

interface Entry {
  readonly isDirectory: boolean;
  /** Relative to the tree's directory. */
  readonly path: string;
}

/** So many keys come at a time. */
const batchSize = 256;

/**
 * The keys of the documents below a prefix in ascending byte order, in batches. Within a directory the order is
 * that of the names with a `/` behind those of directories, as keys are compared, not file names.
 * The names of one directory on each level are held in memory.
 */
export async function* listTree(options: ListTreeOptions): AsyncGenerator<readonly string[], void, undefined> {
  const start = options.prefix === '' ? '' : directoryPath(options.prefix.slice(0, -1));
  yield* walk(start, options.prefix, options);
}

async function* walk(
  path: string,
  prefix: string,
  options: ListTreeOptions,
): AsyncGenerator<string[], void, undefined> {
  const { directory, after = '', signal } = options;
  const entries = await readEntries(path, options);
  let batch: string[] = [];
  for (const name of [...entries.keys()].sort()) {
    const entry = entries.get(name);
    const key = prefix + name;
    if (entry === undefined) continue;
    if (entry !== seenDocument && entry.isDirectory) {
      if (key <= after && !after.startsWith(key)) continue;
      yield batch;
      batch = [];
      yield* walk(entry.path, key, options);
    } else if (key > after && (entry === seenDocument || exists(join(directory, entry.path)))) {
      batch.push(key);
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
    signal?.throwIfAborted();
  }
  yield batch;
}

/**
 * What is in one directory: by segment for documents, by segment and `/` for directories. The names
 * come last: whoever renames over a document while the directory is read has added the name before.
 */
async function readEntries(
  path: string,
  { directory, names }: ListTreeOptions,
): Promise<Map<string, Entry | typeof seenDocument>> {
  const entries = new Map<string, Entry | typeof seenDocument>();
  await collect(entries, directory, path, '', true);
  if (names !== undefined) await collect(entries, names, path, '', false);
  return entries;
}

async function collect(
  entries: Map<string, Entry | typeof seenDocument>,
  root: string,
  path: string,
  half: string,
  seen: boolean,
): Promise<void> {
  let count = 0;
  for (const found of await readDirectory(join(root, path))) {
    count += 1;
    if (count % 256 === 0) await turnIfHeld();
    const isDirectory = found.isDirectory();
    const entry = isDirectory || found.isFile() ? parseName(found.name, isDirectory, half !== '') : undefined;
    if (entry === undefined) continue;
    const segment = half + entry.segment;
    const name = isDirectory ? `${segment}/` : segment;
    if (entry.type !== 'split' && entries.has(name)) continue;
    const child = path === '' ? found.name : `${path}/${found.name}`;
    if (entry.type === 'split') await collect(entries, root, child, segment, seen);
    else entries.set(name, seen && !isDirectory ? seenDocument : { isDirectory, path: child });
  }
}

/** What is in a directory; nothing if it is gone. */
export async function readDirectory(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
