import { type PersistDriver, SandboxStore, type Snapshot } from '@sandkeep/persist-api';
import type { GlobalOptions } from './global-options.js';

const anything = {
  '~standard': { version: 1, vendor: 'sandkeep', validate: (value: unknown) => ({ value }) },
} as const;
const anySchema = { sandbox: anything, container: anything };

/** Formats count up from 1 with each migration of a runtime: no runtime has had so many. */
const anyFormat = Array.from({ length: 10_000 }, () => () => {});

export type AnyStore = SandboxStore<typeof anySchema>;
export type AnySnapshot = Snapshot<typeof anySchema>;

/**
 * The store on a driver as a command sees it that knows nothing of the runtime: states are taken as they
 * are stored, whatever their schema and format.
 */
export function anyStore(driver: PersistDriver, { namespace }: GlobalOptions): AnyStore {
  return new SandboxStore(driver, { schema: anySchema, migrations: anyFormat, namespace });
}

/** The `state` of a sandbox or container; undefined if its schema has none. */
export function stateOf(value: unknown): string | undefined {
  const { state } = Object(value) as { state?: unknown };
  return typeof state === 'string' ? state : undefined;
}
