import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { isPersistError, type PersistError, type PersistErrorCode } from '@sandkeep/persist-api';

/**
 * What `call` rejects with. Fails the case if it resolves, or throws instead of rejecting.
 * @param what names the call in the message
 */
export async function rejectionOf(what: string, call: () => Promise<unknown>): Promise<unknown> {
  let promise: Promise<unknown>;
  try {
    promise = call();
  } catch (error) {
    assert.fail(`${what} must reject, but threw synchronously: ${inspect(error)}`);
  }
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  assert.fail(`${what} must reject, but resolved with ${inspect(outcome.value, { depth: 1 })}`);
}

/** The PersistError with one of these codes that `call` rejects with; anything else fails the case. */
export async function expectError(
  what: string,
  codes: PersistErrorCode | readonly PersistErrorCode[],
  call: () => Promise<unknown>,
): Promise<PersistError> {
  const expected = [codes].flat();
  const error = await rejectionOf(`${what} (${expected.join(' or ')} expected)`, call);
  if (isPersistError(error) && expected.includes(error.code)) return error;
  assert.fail(`${what} must reject with a PersistError ${expected.join(' or ')}, but rejected with ${inspect(error)}`);
}
