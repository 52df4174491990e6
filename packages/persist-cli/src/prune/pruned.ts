import type { PersistError } from '@sandkeep/persist-api';
import { isPersistError } from '@sandkeep/persist-api';
import type { AnyStore } from '../any-store.js';
import { type StoredSandbox, stateOf } from '../stored-sandbox.js';

/** What became of a sandbox that was to be removed, or could not be judged. */
export type Pruned =
  | { readonly id: string; readonly outcome: 'unreadable'; readonly error: PersistError }
  | {
      readonly id: string;
      /** `changed`: it was changed or removed after it was judged, and was left. */
      readonly outcome: 'removed' | 'changed';
      readonly state: string | undefined;
      readonly savedAt: Date;
      readonly revision: string | undefined;
    };

export interface Pruning {
  readonly states: readonly string[] | undefined;
  readonly savedUntil: Date | undefined;
  /** Tell what would be removed, and remove nothing. */
  readonly dryRun: boolean;
  /** Hears the state of each sandbox. */
  onState(state: string | undefined): void;
}

/** @returns undefined for a sandbox that is to stay. @throws errors that do not concern one sandbox alone */
export async function pruneOne(store: AnyStore, id: string, pruning: Pruning): Promise<Pruned | undefined> {
  let found: StoredSandbox | undefined;
  try {
    found = await store.find(id);
  } catch (error) {
    if (isPersistError(error) && unreadable.has(error.code)) return { id, outcome: 'unreadable', error };
    throw error;
  }
  if (found === undefined) return undefined;
  const { savedAt, revision } = found;
  const state = stateOf(found.sandbox);
  pruning.onState(state);
  if (pruning.states !== undefined && (state === undefined || !pruning.states.includes(state))) return undefined;
  if (pruning.savedUntil !== undefined && savedAt > pruning.savedUntil) return undefined;
  try {
    if (!pruning.dryRun) await store.remove(found);
  } catch (error) {
    if (isPersistError(error, 'CONFLICT')) return { id, outcome: 'changed', state, savedAt, revision };
    throw error;
  }
  return { id, outcome: 'removed', state, savedAt, revision };
}

const unreadable: ReadonlySet<string> = new Set(['CORRUPT', 'FORMAT_UNSUPPORTED', 'PERMISSION_DENIED']);
