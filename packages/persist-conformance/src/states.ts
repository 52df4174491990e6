import assert from 'node:assert/strict';
import type { ContainerState, SandboxInput, SandboxState, Snapshot } from '@sandkeep/persist-api';

/** A small state of a sandbox with containers, recognisable by `mark`. */
export function stateOf(mark: string, ...containerIds: string[]): SandboxInput {
  return {
    sandbox: { state: 'running', cgroupPath: `/sandboxes/${mark}` },
    containers: new Map(containerIds.map((id) => [id, { state: 'ready', bundlePath: `/bundles/${mark}/${id}` }])),
  };
}

/** A state whose sandbox has one more field, which no schema knows. */
export function stateWith(custom: unknown): { sandbox: SandboxState; containers: Map<string, ContainerState> } {
  return { sandbox: { state: 'ready', custom }, containers: new Map() };
}

/** Fails the case unless the snapshot has exactly this state. */
export function assertState(snapshot: Snapshot, { sandbox, containers }: SandboxInput, when: string): void {
  assert.deepEqual(snapshot.sandbox, sandbox, `${when}: the sandbox must be as it was saved`);
  assert.deepEqual(snapshot.containers, containers, `${when}: the containers must be as they were saved`);
}
