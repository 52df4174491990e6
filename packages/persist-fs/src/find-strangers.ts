import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@sandkeep/persist-api';
import { readDirectory } from './list-tree.js';

/**
 * What stands where a document, or a directory of documents, would be, and is none: links, which are never followed,
 * directories, pipes. A listing passes over them; a read of such a document fails.
 */
export async function* findStrangers(
  directory: string,
  signal: AbortSignal | undefined,
  isTop = true,
): AsyncGenerator<Finding, void, undefined> {
  for (const entry of await readDirectory(directory)) {
    signal?.throwIfAborted();
    if (isTop && entry.name.startsWith('.')) continue;
    const path = join(directory, entry.name);
    const what = describe(entry);
    if (what !== undefined) {
      const message = `${what} stands where only documents and their directories may be: move it away, or remove it`;
      yield { kind: 'no-document', subject: path, message, outcome: 'left' };
    } else if (entry.isDirectory()) yield* findStrangers(path, signal, false);
  }
}

/** What an entry is that is in the way; undefined for one that is not. */
function describe(entry: Dirent): string | undefined {
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (!entry.name.endsWith('.json') || entry.isFile()) return undefined;
  return entry.isDirectory() ? 'a directory' : 'something that is no file';
}
