import { inspect } from 'node:util';
import type { Snapshot } from './snapshot.js';
import type { StateSchema } from './store-options.js';

type State<Schema extends StateSchema> = Pick<Snapshot<Schema>, 'sandbox' | 'containers'>;

/**
 * A snapshot that is parsed when somebody first looks at its state, as callers of an update seldom do. Frozen or not, it
 * shows what any other snapshot does.
 */
export function lazySnapshot<Schema extends StateSchema>(
  { id, revision, savedAt }: Omit<Snapshot<Schema>, keyof State<Schema>>,
  parse: () => State<Schema>,
): Snapshot<Schema> {
  let parsed: State<Schema> | undefined;
  const state = () => {
    parsed ??= parse();
    return parsed;
  };
  const snapshot: Snapshot<Schema> = {
    id,
    get sandbox() {
      return state().sandbox;
    },
    set sandbox(sandbox) {
      state().sandbox = sandbox;
    },
    get containers() {
      return state().containers;
    },
    set containers(containers) {
      state().containers = containers;
    },
    revision,
    savedAt,
  };
  return Object.defineProperty(snapshot, inspect.custom, { value: () => ({ ...snapshot }) });
}
