/** A state of an older format, as it was parsed. Only its migration knows its form, hence `any`. */
export interface OlderState {
  sandbox: any;
  containers: Map<string, any>;
}

/** Changes a state of one format, in place, into the next format. What it throws, the call rejects with. */
export type Migration = (state: OlderState) => void | Promise<void>;

/** Applies every migration from format `from` on, in place. */
export async function migrate(state: OlderState, from: number, migrations: readonly Migration[]): Promise<void> {
  for (const migration of migrations.slice(from - 1)) await migration(state);
}
