import { isPersistError, PersistError } from '../persist-error.js';
import { assertTransition, type StateString } from '../state/state-string.js';
import type { UntypedState } from './validate-state.js';

/** The `state` of a sandbox and of each of its containers. */
export interface StateNames {
  readonly sandbox: unknown;
  readonly containers: ReadonlyMap<string, unknown>;
}

export function stateNamesOf({ sandbox, containers }: UntypedState): StateNames {
  const nameOf = (state: unknown) => (state as { state?: unknown } | null)?.state;
  return { sandbox: nameOf(sandbox), containers: new Map([...containers].map(([id, state]) => [id, nameOf(state)])) };
}

/**
 * Checks the move of the sandbox, and of each container that is there before and after. A state that
 * does not change is fine, and so is what was not there before.
 * @throws `INVALID_STATE`, naming both states, if one is forbidden
 * @throws `INVALID_ARGUMENT` if a state that changes is none of the state strings
 */
export function checkTransitions(id: string, before: StateNames | undefined, after: StateNames | undefined): void {
  if (before === undefined || after === undefined) return;
  checkTransition(`sandbox ${id}`, before.sandbox, after.sandbox);
  for (const [containerId, state] of after.containers) {
    if (!before.containers.has(containerId)) continue;
    checkTransition(`container ${containerId} of sandbox ${id}`, before.containers.get(containerId), state);
  }
}

function checkTransition(subject: string, from: unknown, to: unknown): void {
  if (from === to) return;
  try {
    assertTransition(from as StateString, from as StateString, to as StateString);
  } catch (error) {
    throw isPersistError(error) ? new PersistError(error.code, `${subject}: ${error.message}`) : error;
  }
}
