import type { StorageContext } from '../storage-context.js';
import { findContainers } from './find-containers.js';
import { findDirectories } from './find-directories.js';
import { findImages } from './find-images.js';
import { findLayers } from './find-layers.js';
import { findMounts } from './find-mounts.js';
import { findNames } from './find-names.js';
import type { Finding, Problem } from './problem.js';

export type { Problem } from './problem.js';

/** All findings, in the order in which they are to be mended: what mends one may mend later ones, too. */
export async function* findings(context: StorageContext): AsyncGenerator<Finding, void, undefined> {
  yield* findContainers(context);
  yield* findImages(context);
  yield* findMounts(context);
  yield* findLayers(context);
  yield* findNames(context);
  yield* findDirectories(context);
}

export async function check(context: StorageContext): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const { mend: _, ...problem } of findings(context)) problems.push(problem);
  return problems;
}
