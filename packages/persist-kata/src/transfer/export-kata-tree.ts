import { stat } from 'node:fs/promises';
import { isPersistError, PersistError, type SandboxStore } from '@sandkeep/persist-api';
import type { KataSandbox } from '../tree/kata-sandbox.js';
import type { kataSchema } from '../tree/kata-state.js';
import { readKataSandbox } from '../tree/read-kata-tree.js';
import { writeKataSandbox } from '../tree/write-kata-tree.js';
import { isSameState } from './same-state.js';
import { failureOf, type TransferOptions, type Transferred } from './transfer.js';

/**
 * Writes the sandboxes of a store as Kata's tree, and tells of each what became of it. No state in the tree
 * is replaced, unless by the same one or with `overwrite`; so it can be run again after it was interrupted.
 * @param store with {@link kataSchema}
 * @param root as for `writeKataTree`; made if it is missing
 * @throws `INVALID_ARGUMENT` if `root` is something else than a directory
 * @throws the errors of the driver or the file system that do not concern one sandbox alone; the reason of
 *   the signal
 */
export async function* exportKataTree(
  store: SandboxStore<typeof kataSchema>,
  root: string,
  options: TransferOptions = {},
): AsyncGenerator<Transferred, void, undefined> {
  const { signal } = options;
  signal?.throwIfAborted();
  const entry = await stat(root).catch(() => undefined);
  if (entry?.isDirectory() === false) throw new PersistError('INVALID_ARGUMENT', `root ${root} is not a directory`);
  for await (const id of store.list({ signal })) {
    yield await transfer(id, store, root, options).catch((error) => failureOf(id, error));
    signal?.throwIfAborted();
  }
}

async function transfer(
  id: string,
  store: SandboxStore<typeof kataSchema>,
  root: string,
  { dryRun, overwrite, signal }: TransferOptions,
): Promise<Transferred> {
  const stored = await store.find(id, { signal });
  if (stored === undefined) return { id, outcome: 'skipped' };
  const existing = await findWritten(root, id);
  if (existing !== undefined && 'sandbox' in existing && isSameState(stored, existing)) {
    return { id, outcome: 'unchanged' };
  }
  if (existing !== undefined && !overwrite) {
    const problem = 'sandbox' in existing ? `${root} has another state of sandbox ${id}` : existing.problem;
    throw new PersistError('CONFLICT', `${problem}, which was left as it is`);
  }
  if (!dryRun) await writeKataSandbox(root, stored, existing === undefined ? { expect: 'absent' } : {});
  return { id, outcome: 'written' };
}

/** What is there; its problem, if it cannot be read. */
async function findWritten(root: string, id: string): Promise<KataSandbox | { problem: string } | undefined> {
  try {
    return await readKataSandbox(root, id);
  } catch (error) {
    if (isPersistError(error, 'NOT_FOUND')) return undefined;
    if (isPersistError(error, 'CORRUPT')) return { problem: error.message };
    throw error;
  }
}
