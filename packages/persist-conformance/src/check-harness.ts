import { PersistError } from '@sandkeep/persist-api';
import type { Harness } from './harness.js';
import { hooks } from './need.js';

const required = ['create', 'open', 'openPeer', 'dispose'] as const;

/**
 * Makes sure that a value is a harness.
 * @throws `INVALID_ARGUMENT` that names every member that is missing or is no function
 */
export function checkHarness<Location = unknown>(value: unknown): Harness<Location> {
  const given = Object(value) as Record<string, unknown>;
  const problems = [
    ...(typeof given.name === 'string' && given.name !== '' ? [] : ['name must be a text']),
    ...required.filter((member) => typeof given[member] !== 'function').map((member) => `${member} must be a function`),
    ...hooks
      .filter((hook) => given[hook] !== undefined && typeof given[hook] !== 'function')
      .map((hook) => `${hook} must be a function, or be left out`),
  ];
  if (problems.length === 0) return value as Harness<Location>;
  const expected = `expected an object with name, ${required.join(', ')} (see the type Harness)`;
  const what = typeof value === 'object' && value !== null ? problems.join('; ') : `it is ${describeType(value)}`;
  throw new PersistError('INVALID_ARGUMENT', `harness is not valid: ${what}: ${expected}`);
}

function describeType(value: unknown): string {
  return value === undefined || value === null ? String(value) : `a ${typeof value}`;
}
