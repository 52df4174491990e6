import type { StateString } from '@sandkeep/persist-api';

/** A container as it is stored. */
export interface ContainerRecord {
  readonly id: string;
  readonly state: StateString;
  /** Of its process; undefined until it was started. */
  readonly pid: number | undefined;
  readonly start: string | undefined;
}

/** A sandbox as it is stored. */
export interface SandboxRecord {
  readonly id: string;
  readonly state: StateString;
  /** How often it has been saved: 1, 2, 3, … */
  readonly step: number;
  readonly revision: string;
  readonly containers: readonly ContainerRecord[];
}

/** What a supervisor found: a sandbox as it was loaded, and the containers whose processes are alive. */
export interface RestoredSandbox extends SandboxRecord {
  readonly alive: readonly string[];
}

/** What a supervisor prints, one JSON value a line. */
export type SupervisorEvent =
  /** It has loaded what another supervisor left; at first nothing. */
  | { readonly type: 'restored'; readonly sandboxes: readonly RestoredSandbox[] }
  /** The store has acknowledged this state. */
  | { readonly type: 'saved'; readonly sandbox: SandboxRecord }
  /** All processes of the sandbox are gone, and the sandbox is destroyed. */
  | { readonly type: 'ended'; readonly id: string }
  | { readonly type: 'failed'; readonly message: string };
