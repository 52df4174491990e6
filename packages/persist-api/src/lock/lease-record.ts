import { z } from 'zod';
import { PersistError } from '../persist-error.js';
import type { LockHolder } from './lock.js';

const format = 1;

const count = z.int().min(0);

const entryFields = {
  /** Unique to this call of `lock`. */
  id: z.string().min(1),
  mode: z.enum(['exclusive', 'shared']),
  /** For how long the entry counts after the last change of `beat`. */
  ttlMs: z.number().positive(),
  /** Grows with every renewal: whoever sees it change knows that the entry's owner is alive. */
  beat: count,
  /** {@link LeaseStorage.process} of the owner. */
  process: z.string().optional(),
};

/** What a record of any format has. */
const formatSchema = z.object({ format: z.int().positive() });
const waiterSchema = z.strictObject(entryFields);
const holderSchema = z.strictObject({
  ...entryFields,
  fence: count,
  host: z.string(),
  pid: count,
  info: z.string(),
  since: z.string(),
});
const recordSchema = z.strictObject({
  format: z.literal(format),
  /** That of the latest grant. */
  fence: count,
  holders: z.array(holderSchema),
  /** In the order of their arrival. */
  waiters: z.array(waiterSchema),
});

/** A call of `lock` in a lock's record, as a holder or as a waiter. */
export type LeaseEntry = Readonly<z.infer<typeof waiterSchema>>;
export type LeaseHolder = Readonly<z.infer<typeof holderSchema>>;

/** What is stored for one lock name. It is never changed in place. */
export interface LeaseRecord {
  readonly format: typeof format;
  readonly fence: number;
  readonly holders: readonly LeaseHolder[];
  readonly waiters: readonly LeaseEntry[];
}

/** The record of a lock that was never granted. */
export const freeRecord: LeaseRecord = { format, fence: 0, holders: [], waiters: [] };

export function encodeRecord(record: LeaseRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record));
}

/** @throws `CORRUPT`, or `FORMAT_UNSUPPORTED` for a record of another format */
export function decodeRecord(name: string, data: Uint8Array): LeaseRecord {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString());
  } catch (cause) {
    throw corrupt(name, 'it is not JSON', cause);
  }
  const found = formatSchema.safeParse(value);
  if (found.success && found.data.format !== format) {
    const message = `the record of lock ${name} has format ${found.data.format}: this version reads format ${format}`;
    throw new PersistError('FORMAT_UNSUPPORTED', message, { key: name });
  }
  const { success, data: record, error } = recordSchema.safeParse(value);
  if (!success) throw corrupt(name, z.prettifyError(error));
  return record;
}

/** The holder as users see it. */
export function toLockHolder({ id, mode, host, pid, info, since }: LeaseHolder): LockHolder {
  return { id, mode, host, pid, info, since };
}

function corrupt(name: string, reason: string, cause?: unknown): PersistError {
  return new PersistError('CORRUPT', `the record of lock ${name} is damaged: ${reason}`, { key: name, cause });
}
