import { isPersistError, type PersistDriver, PersistError, refuseEncoded, type Version } from '@sandkeep/persist-api';
import type { z } from 'zod';

/** A record and its version in the driver. */
export interface Stored<T> {
  readonly value: T;
  readonly version: Version;
}

/** A record, or why it cannot be read. */
export type RecordEntry<T> =
  | (Stored<T> & { readonly id: string; readonly error?: undefined })
  | { readonly id: string; readonly value?: undefined; readonly error: PersistError };

/** The records of one kind: JSON documents of a driver, below one prefix, by id. */
export class Records<T extends object> {
  readonly #driver: PersistDriver;
  readonly #prefix: string;
  readonly #schema: z.ZodType<T>;

  /** @param prefix a key's beginning, with the final `/` */
  constructor(driver: PersistDriver, prefix: string, schema: z.ZodType<T>) {
    this.#driver = driver;
    this.#prefix = prefix;
    this.#schema = schema;
  }

  /** @throws `CORRUPT` for a record that is not of its kind; `FORMAT_UNSUPPORTED` for one of a later format */
  async get(id: string): Promise<Stored<T> | undefined> {
    const key = this.#prefix + id;
    const document = await this.#driver.read(key);
    return document === undefined ? undefined : { value: this.#decode(key, document.data), version: document.version };
  }

  /** @throws `CONFLICT` if there is one */
  create(id: string, value: T): Promise<Version> {
    return this.#driver.write(this.#prefix + id, encode(value), { expect: 'absent' });
  }

  /** @throws `CONFLICT` if it has changed since */
  replace(id: string, value: T, version: Version): Promise<Version> {
    return this.#driver.write(this.#prefix + id, encode(value), { expect: version });
  }

  /** Writes it whatever is there. */
  put(id: string, value: T): Promise<Version> {
    return this.#driver.write(this.#prefix + id, encode(value));
  }

  /**
   * Changes a record as often as it takes, however many others change it meanwhile.
   * @param change gives the new value; undefined: leave it
   * @returns the record as it is then; undefined if there is none, or it was left
   */
  async change(id: string, change: (value: T) => T | undefined): Promise<Stored<T> | undefined> {
    for (;;) {
      const found = await this.get(id);
      const value = found === undefined ? undefined : change(found.value);
      if (found === undefined || value === undefined) return undefined;
      const version = await unlessConflict(this.replace(id, value, found.version));
      if (version !== undefined) return { value, version };
    }
  }

  /** @throws `CONFLICT` if there is another version, or none */
  async remove(id: string, version?: Version): Promise<boolean> {
    return this.#driver.remove(this.#prefix + id, { expect: version });
  }

  /** All ids in ascending order. @param start only those that begin with it */
  async *ids(start = ''): AsyncGenerator<string, void, undefined> {
    // A key that is less than all that begin with `start`, except `start` itself, which comes first.
    if (start !== '' && (await this.get(start)) !== undefined) yield start;
    const after = start === '' ? undefined : this.#prefix + start;
    for await (const key of this.#driver.list(this.#prefix, { after })) {
      const id = key.slice(this.#prefix.length);
      if (!id.startsWith(start)) return;
      yield id;
    }
  }

  /** All records, damaged ones by their error; one that goes while they are listed may be missing. */
  async *all(): AsyncGenerator<RecordEntry<T>, void, undefined> {
    for await (const id of this.ids()) {
      try {
        const found = await this.get(id);
        if (found !== undefined) yield { ...found, id };
      } catch (error) {
        if (!isDamage(error)) throw error;
        yield { id, error };
      }
    }
  }

  /** As {@link all}, without those that are damaged: a check tells them. */
  async *readable(): AsyncGenerator<Stored<T> & { readonly id: string }, void, undefined> {
    for await (const entry of this.all()) if (entry.error === undefined) yield entry;
  }

  /** Whether there is a record, be it damaged or not. */
  async has(id: string): Promise<boolean> {
    return (await this.#driver.read(this.#prefix + id)) !== undefined;
  }

  #decode(key: string, data: Uint8Array): T {
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(data).toString());
    } catch (cause) {
      refuseEncoded(data);
      throw new PersistError('CORRUPT', `the record ${key} is not JSON`, { key, cause });
    }
    const parsed = this.#schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const format = (value as { format?: unknown } | null)?.format;
    if (typeof format === 'number' && format > 1) {
      throw new PersistError('FORMAT_UNSUPPORTED', `the record ${key} has format ${format}: this version reads 1`, {
        key,
      });
    }
    const [issue] = parsed.error.issues;
    throw new PersistError('CORRUPT', `the record ${key}: ${issue?.path.join('.')}: ${issue?.message}`, { key });
  }
}

/** Whether an error tells that a stored record cannot be read, and not that the driver cannot serve. */
export function isDamage(error: unknown): error is PersistError {
  return isPersistError(error, 'CORRUPT') || isPersistError(error, 'FORMAT_UNSUPPORTED');
}

/** What a read gives; undefined for a record that is damaged. */
export async function unlessDamaged<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

/** What a conditional write gives; undefined if it met a conflict. */
export async function unlessConflict<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isPersistError(error, 'CONFLICT')) return undefined;
    throw error;
  }
}

function encode(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
