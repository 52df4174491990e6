import type { Finding } from '@sandkeep/persist-api';
import type { DocumentTreeOptions } from './document-tree.js';
import { fromErrno } from './errors.js';
import { findStaleNames } from './find-stale-names.js';
import { findStrangers } from './find-strangers.js';
import { assertPresent, type Root } from './root.js';
import { leftOvers } from './sweep.js';

export interface RootCheck {
  readonly repair: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * What is wrong in a store beside its documents: what dead processes left, names of documents that are gone,
 * and what stands where a document would be and is none.
 * @param trees all that share the root
 */
export async function* checkRoot(
  root: Root,
  trees: readonly DocumentTreeOptions[],
  check: RootCheck,
): AsyncGenerator<Finding, void, undefined> {
  try {
    assertPresent(root);
    yield* find(root, trees, check);
    assertPresent(root);
  } catch (error) {
    throw fromErrno(error, root.directory);
  }
}

async function* find(
  root: Root,
  trees: readonly DocumentTreeOptions[],
  { repair, signal }: RootCheck,
): AsyncGenerator<Finding, void, undefined> {
  for (const { path, remove } of leftOvers(root)) {
    signal?.throwIfAborted();
    const message = 'a process that is gone left this of a write or removal that it did not finish';
    yield finding('left-over', path, message, repair ? remove() : undefined);
  }
  for (const tree of trees) {
    for await (const { path, drop } of findStaleNames(tree, signal)) {
      const message = 'the name of a document that is gone, left by a removal that was cut short';
      yield finding('stale-name', path, message, repair ? await drop() : undefined);
    }
    yield* findStrangers(tree.directory, signal);
  }
}

/** @param isMended undefined: nobody tried */
function finding(kind: string, subject: string, message: string, isMended: boolean | undefined): Finding {
  if (isMended === undefined) return { kind, subject, message, outcome: 'mendable' };
  if (isMended) return { kind, subject, message, outcome: 'mended' };
  return { kind, subject, message: `${message}; it could not be removed: look at its permissions`, outcome: 'left' };
}
