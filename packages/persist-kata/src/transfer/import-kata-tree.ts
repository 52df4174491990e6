import { isPersistError, PersistError, type SandboxStore } from '@sandkeep/persist-api';
import type { KataSandbox } from '../tree/kata-sandbox.js';
import type { kataSchema } from '../tree/kata-state.js';
import { readKataTree } from '../tree/read-kata-tree.js';
import { isSameState } from './same-state.js';
import { failureOf, type TransferOptions, type Transferred } from './transfer.js';

/**
 * Saves the sandboxes of Kata's tree in a store, and tells of each what became of it. Nothing that is stored
 * is replaced, unless by the same state or with `overwrite`; so it can be run again after it was interrupted.
 * @param store with {@link kataSchema}
 * @throws `NOT_FOUND` if there is no such tree; the errors of the driver that do not concern one sandbox
 *   alone; the reason of the signal
 */
export async function* importKataTree(
  root: string,
  store: SandboxStore<typeof kataSchema>,
  options: TransferOptions = {},
): AsyncGenerator<Transferred, void, undefined> {
  options.signal?.throwIfAborted();
  for await (const found of readKataTree(root)) {
    yield await transfer(found, store, options).catch((error) => failureOf(found.id, error));
    options.signal?.throwIfAborted();
  }
}

async function transfer(
  found: KataSandbox | { readonly id: string; readonly error: PersistError },
  store: SandboxStore<typeof kataSchema>,
  { dryRun, overwrite, signal }: TransferOptions,
): Promise<Transferred> {
  const { id } = found;
  if ('error' in found) {
    if (found.error.code === 'NOT_FOUND') return { id, outcome: 'skipped' };
    throw found.error;
  }
  const stored = await findStored(store, id, signal);
  if (stored !== undefined && 'sandbox' in stored && isSameState(found, stored)) return { id, outcome: 'unchanged' };
  if (stored !== undefined && !overwrite) {
    const problem = 'sandbox' in stored ? 'the store has another state' : stored.problem;
    throw new PersistError('CONFLICT', `${problem} of sandbox ${id}, which was left as it is`);
  }
  const ifRevision = stored === undefined ? 'absent' : 'sandbox' in stored ? stored.revision : undefined;
  if (!dryRun) await store.save(id, found, { ifRevision, signal });
  return { id, outcome: 'written' };
}

/** What is stored; its problem, if it cannot be read. */
async function findStored(store: SandboxStore<typeof kataSchema>, id: string, signal: AbortSignal | undefined) {
  try {
    return await store.find(id, { signal });
  } catch (error) {
    if (isPersistError(error, 'CORRUPT') || isPersistError(error, 'FORMAT_UNSUPPORTED')) {
      return { problem: `the store has an unreadable state (${error.code})` };
    }
    throw error;
  }
}
