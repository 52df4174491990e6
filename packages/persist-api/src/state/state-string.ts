import { describeValue } from '../driver/invalid-argument.js';
import { PersistError } from '../persist-error.js';

/** The states of a sandbox and of a container. */
export const stateStrings = ['ready', 'running', 'paused', 'stopped'] as const;

/** One of {@link stateStrings}. */
export type StateString = (typeof stateStrings)[number];

/** Which states each state may be followed by. A state does not follow itself. */
export const stateTransitions: Readonly<Record<StateString, readonly StateString[]>> = {
  ready: ['running', 'stopped'],
  running: ['paused', 'stopped'],
  paused: ['running', 'stopped'],
  stopped: ['running'],
};

/** Whether a value is one of {@link stateStrings}. */
export function isStateString(value: unknown): value is StateString {
  return stateStrings.includes(value as StateString);
}

/**
 * Checks a move to `next` by somebody who believes that the state is `expectedOld`.
 * @throws `INVALID_STATE` if `current` is not `expectedOld`, or must not be followed by `next`
 * @throws `INVALID_ARGUMENT` if one of them is no state
 */
export function assertTransition(current: StateString, expectedOld: StateString, next: StateString): void {
  for (const [name, value] of Object.entries({ current, expectedOld, next })) {
    if (isStateString(value)) continue;
    const expected = stateStrings.map((state) => `'${state}'`).join(', ');
    throw new PersistError(
      'INVALID_ARGUMENT',
      `the ${name} state ${describeValue(value)} is not valid: expected one of ${expected}`,
    );
  }
  if (current !== expectedOld) {
    throw new PersistError('INVALID_STATE', `the state is '${current}', but was expected to be '${expectedOld}'`);
  }
  const allowed = stateTransitions[current];
  if (!allowed.includes(next)) {
    const expected = allowed.map((state) => `'${state}'`).join(' or ');
    throw new PersistError('INVALID_STATE', `cannot move from '${current}' to '${next}': expected ${expected}`);
  }
}
