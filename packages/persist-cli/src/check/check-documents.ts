import {
  type Finding,
  isPersistError,
  type PersistDriver,
  type PersistError,
  SandboxStore,
} from '@sandkeep/persist-api';
import { pMapIterable } from 'p-map';
import { parseSandboxKey, removalOf } from '../sandbox-key.js';
import { decodeStoredSandbox } from '../stored-sandbox.js';
import type { CheckSchema } from './check-schema.js';

/** How many documents are read at a time. */
const atOnce = 16;

export interface DocumentCheck {
  /** `''`, or the beginning of the keys, which ends with `/`. */
  readonly prefix: string;
  readonly schema: CheckSchema;
  readonly signal: AbortSignal;
}

export interface CheckedDocument {
  /** False if it was gone when it was to be read. */
  readonly isThere: boolean;
  /** What is wrong with it, if anything. */
  readonly finding?: Finding;
}

/** Reads every document. Gives one result each, in the order of their keys. */
export function checkDocuments(
  driver: PersistDriver,
  { prefix, schema, signal }: DocumentCheck,
): AsyncIterable<CheckedDocument> {
  const check = async (key: string): Promise<CheckedDocument> => {
    try {
      return { isThere: await isReadable(driver, key, schema, signal) };
    } catch (error) {
      if (!isPersistError(error) || !concernsOneDocument(error)) throw error;
      return { isThere: true, finding: findingOf(key, error) };
    }
  };
  return pMapIterable(driver.list(prefix, { signal }), check, { concurrency: atOnce });
}

/** @returns false if there is no such document. @throws if it cannot be read */
async function isReadable(
  driver: PersistDriver,
  key: string,
  schema: CheckSchema,
  signal: AbortSignal,
): Promise<boolean> {
  const sandbox = parseSandboxKey(key);
  if (sandbox !== undefined && schema !== undefined) {
    const { namespace, id } = sandbox;
    return (await new SandboxStore(driver, { ...schema, namespace }).find(id, { signal })) !== undefined;
  }
  const document = await driver.read(key, { signal });
  if (document !== undefined && sandbox !== undefined) decodeStoredSandbox(sandbox.id, key, document);
  return document !== undefined;
}

/** Whether others may well be read: neither the storage nor the way to it is in trouble. */
function concernsOneDocument({ code, retryable }: PersistError): boolean {
  return (
    ['CORRUPT', 'FORMAT_UNSUPPORTED', 'PERMISSION_DENIED'].includes(code) || (code === 'UNAVAILABLE' && !retryable)
  );
}

function findingOf(key: string, error: PersistError): Finding {
  const finding = { subject: key, outcome: 'left' } as const;
  if (error.code === 'FORMAT_UNSUPPORTED') {
    const advice = 'The software that wrote it reads it, and so does the schema of its runtime (--schema)';
    return { ...finding, kind: 'newer-format', message: `${error.message}. ${advice}` };
  }
  if (error.code !== 'CORRUPT') return { ...finding, kind: 'unreadable', message: error.message };
  if (error.operation === 'read') {
    const message = `${error.message}. Remove it, "${removalOf(key)}", and restore it from a backup`;
    return { ...finding, kind: 'damaged', message };
  }
  const advice = 'Its bytes are whole: the schema of its runtime may accept it (--schema)';
  return { ...finding, kind: 'no-valid-state', message: `${error.message}. ${advice}` };
}
