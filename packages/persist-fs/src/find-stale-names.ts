import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { itemsOf, newAttemptId } from '@sandkeep/persist-api';
import { exists } from './document-file.js';
import { DocumentPlace } from './document-place.js';
import type { DocumentTreeOptions } from './document-tree.js';
import { listTree } from './list-tree.js';
import type { NameIndex } from './name-index.js';
import { pruneParents } from './parent-directories.js';

/** How much earlier than the clock the times of files may be. */
const coarseMs = 1000;

export interface StaleName {
  readonly path: string;
  /** Removes it, unless there is a document by then. @returns whether all is right now */
  drop(): Promise<boolean>;
}

/**
 * The entries of a tree's {@link NameIndex} whose documents are gone, as after a kill between the two steps of a
 * removal. Nothing is claimed to find them: whoever makes a document adds its name while they hold its slot, and
 * whoever removes it removes both. So a name is stale if it was there before this began, is there still, and in
 * between the slot was seen free, the document missing, and the slot free again.
 */
export async function* findStaleNames(
  tree: DocumentTreeOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<StaleName, void, undefined> {
  const { names } = tree;
  if (names === undefined) return;
  const before = Date.now() - coarseMs;
  const listed = listTree({ directory: names.directory, names: undefined, prefix: '', after: undefined, signal });
  for await (const key of itemsOf(listed)) {
    const place = new DocumentPlace(tree, key);
    const path = join(names.directory, place.name);
    const isFree = () => place.slot.claimant() === undefined;
    const since = madeAt(path);
    if (since === undefined || since >= before) continue;
    if (!isFree() || exists(place.path) || !isFree() || madeAt(path) !== since) continue;
    tree.assertPresent();
    yield { path, drop: () => drop(tree, names, place, signal) };
  }
}

async function drop(
  { staging, reserve }: DocumentTreeOptions,
  names: NameIndex,
  place: DocumentPlace,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const attempt = newAttemptId();
  await reserve.stageDirectory(staging, attempt);
  try {
    if (!(await place.slot.claim(staging.path(attempt), signal))) return false;
    if (!exists(place.path)) names.remove(place.name, place.slot.path(attempt));
  } finally {
    staging.discard(attempt);
    place.slot.abandon(attempt);
  }
  pruneParents(names.directory, place.name);
  return exists(place.path) || !exists(join(names.directory, place.name));
}

function madeAt(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
