import type { PersistError, PersistErrorCode } from '../persist-error.js';

/** These name what they are about, which is an argument, a sandbox or the driver. */
const keyless: ReadonlySet<PersistErrorCode> = new Set(['INVALID_ARGUMENT', 'INVALID_STATE', 'NOT_FOUND', 'CLOSED']);

/** Fills in the fields that the error lacks, and names its key in the message unless that is there already. */
export function completeError(
  error: PersistError,
  { driver, operation, key }: { readonly driver: string; readonly operation: string; readonly key: string | undefined },
): PersistError {
  const complete = Object.assign(error, {
    driver: error.driver ?? driver,
    operation: error.operation ?? operation,
    ...(error.key === undefined && key === undefined ? {} : { key: error.key ?? key }),
  });
  const { code, message, key: name } = complete;
  if (name !== undefined && !keyless.has(code) && !message.includes(name))
    complete.message = `${message} (key ${name})`;
  return complete;
}
