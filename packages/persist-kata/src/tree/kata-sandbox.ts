import type { PersistError } from '@sandkeep/persist-api';
import type { KataContainerState, KataSandboxState } from './kata-state.js';

/** The state of a sandbox and its containers. */
export interface KataSandboxInput {
  readonly id: string;
  readonly sandbox: KataSandboxState;
  /** By container id. The infra container has the id of the sandbox. */
  readonly containers: ReadonlyMap<string, KataContainerState>;
}

/** A sandbox of a tree. Nothing else holds any part of it. */
export interface KataSandbox extends KataSandboxInput {
  readonly containers: Map<string, KataContainerState>;
  /** When the latest of its files was written. */
  readonly savedAt: Date;
}

/** What stands in the place of a sandbox, but cannot be read: `NOT_FOUND` if it holds no state at all. */
export interface UnreadableKataSandbox {
  readonly id: string;
  readonly error: PersistError;
}

/** The name of the directory of the sandboxes, and of the file of each sandbox and container. */
export const sandboxesDirectory = 'sbs';
export const stateFile = 'persist.json';
