import { setImmediate as turn } from 'node:timers/promises';
import { isPersistError, type PersistDriver } from '@sandkeep/persist-api';
import { bytes, textOf } from './documents.js';

/** Every refusal means that somebody else wrote since the read: a case makes far fewer writes. */
const maxRefusals = 2000;

/**
 * Adds 1 to the number in `key`, `times` times: read, write on that version, and again from the start
 * whenever somebody else was faster.
 */
export async function incrementBy(driver: PersistDriver, key: string, times: number): Promise<void> {
  let refusals = 0;
  for (let done = 0; done < times; ) {
    const document = await driver.read(key);
    const next = document === undefined ? 1 : Number(textOf(document)) + 1;
    try {
      await driver.write(key, bytes(`${next}`), { expect: document?.version ?? 'absent' });
      done += 1;
    } catch (error) {
      if (!isPersistError(error, 'CONFLICT')) throw error;
      refusals += 1;
      if (refusals > maxRefusals) {
        throw new Error(`${refusals} writes of "${key}" were refused as CONFLICT: more than others wrote`, {
          cause: error,
        });
      }
      await turn();
    }
  }
}
