import { createHash } from 'node:crypto';
import { type PersistDriver, PersistError } from '@sandkeep/persist-api';
import type { z } from 'zod';
import { nameRecord } from './record.js';
import { Records, type Stored, unlessConflict } from './records.js';

type NameRecord = z.output<typeof nameRecord>;

/**
 * The names of one kind of record. Each is a document of its own, whose key is the name's SHA-256 (names hold
 * characters that keys don't), created only if there is none: so a name is unique across processes.
 */
export class Names {
  readonly #records: Records<NameRecord>;

  constructor(driver: PersistDriver, prefix: string) {
    this.#records = new Records(driver, prefix, nameRecord);
  }

  async idOf(name: string): Promise<string | undefined> {
    return (await this.#find(name))?.value.id;
  }

  /**
   * Makes a name stand for an id, unless it stands for another one.
   * @returns the id that it stands for then
   */
  async claim(name: string, id: string): Promise<string> {
    for (;;) {
      const found = await this.#find(name);
      if (found !== undefined) return found.value.id;
      const made = await unlessConflict(this.#records.create(keyOf(name), { format: 1, name, id }));
      if (made !== undefined) return id;
    }
  }

  /** Makes a name stand for an id, whatever it stood for. */
  async assign(name: string, id: string): Promise<void> {
    await this.#records.put(keyOf(name), { format: 1, name, id });
  }

  /** Ends a name if it stands for this id. */
  async release(name: string, id: string): Promise<void> {
    const found = await this.#find(name);
    if (found?.value.id !== id) return;
    await unlessConflict(this.#records.remove(keyOf(name), found.version));
  }

  async *all(): AsyncGenerator<NameRecord, void, undefined> {
    for await (const { value } of this.#records.readable()) yield value;
  }

  async #find(name: string): Promise<Stored<NameRecord> | undefined> {
    const found = await this.#records.get(keyOf(name));
    if (found !== undefined && found.value.name !== name) {
      throw new PersistError('CORRUPT', `the record of the name ${name} is that of ${found.value.name}`);
    }
    return found;
  }
}

function keyOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
