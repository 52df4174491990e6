import { isPersistError, type PersistDriver } from '@sandkeep/persist-api';
import { bytes, textOf } from './documents.js';

/**
 * Adds 1 to the number in `key`, `times` times: read, write on that version, and again from the start
 * whenever somebody else was faster.
 */
export async function incrementBy(driver: PersistDriver, key: string, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const document = await driver.read(key);
    const next = document === undefined ? 1 : Number(textOf(document)) + 1;
    try {
      await driver.write(key, bytes(`${next}`), { expect: document?.version ?? 'absent' });
      done += 1;
    } catch (error) {
      if (!isPersistError(error, 'CONFLICT')) throw error;
    }
  }
}
