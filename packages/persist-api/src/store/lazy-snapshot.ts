import type { Snapshot } from './snapshot.js';
import type { StateSchema } from './store-options.js';

type State<Schema extends StateSchema> = Pick<Snapshot<Schema>, 'sandbox' | 'containers'>;

/** A snapshot that is parsed when somebody first looks at its state, as callers of an update seldom do. */
export function lazySnapshot<Schema extends StateSchema>(
  known: Omit<Snapshot<Schema>, keyof State<Schema>>,
  parse: () => State<Schema>,
): Snapshot<Schema> {
  const { id, revision, savedAt } = known;
  const snapshot = { id, sandbox: undefined, containers: undefined, revision, savedAt };
  const settle = () => {
    const { sandbox, containers } = parse();
    for (const [name, value] of Object.entries({ sandbox, containers })) {
      Object.defineProperty(snapshot, name, { value, writable: true, enumerable: true, configurable: true });
    }
    return snapshot as unknown as State<Schema>;
  };
  for (const name of ['sandbox', 'containers'] as const) {
    Object.defineProperty(snapshot, name, {
      get: () => settle()[name],
      set(value) {
        settle()[name] = value;
      },
      enumerable: true,
      configurable: true,
    });
  }
  return snapshot as unknown as Snapshot<Schema>;
}
