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

/** Reads every document. Gives one result each, in order: what is wrong with it, or undefined. */
export function checkDocuments(
  driver: PersistDriver,
  { prefix, schema, signal }: DocumentCheck,
): AsyncIterable<Finding | undefined> {
  const check = async (key: string) => {
    try {
      await readDocument(driver, key, schema, signal);
      return undefined;
    } catch (error) {
      if (!isPersistError(error) || !concernsOneDocument(error)) throw error;
      return findingOf(key, error);
    }
  };
  return pMapIterable(driver.list(prefix, { signal }), check, { concurrency: atOnce });
}

async function readDocument(
  driver: PersistDriver,
  key: string,
  schema: CheckSchema,
  signal: AbortSignal,
): Promise<void> {
  const sandbox = parseSandboxKey(key);
  if (sandbox !== undefined && schema !== undefined) {
    const { namespace, id } = sandbox;
    await new SandboxStore(driver, { ...schema, namespace }).find(id, { signal });
    return;
  }
  const document = await driver.read(key, { signal });
  if (document !== undefined && sandbox !== undefined) decodeStoredSandbox(sandbox.id, key, document);
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
    const message = `${error.message}. Restore it from a backup, or remove it for good: ${removalOf(key)}`;
    return { ...finding, kind: 'damaged', message };
  }
  const advice = 'Its bytes are whole: the schema of its runtime may accept it (--schema)';
  return { ...finding, kind: 'no-valid-state', message: `${error.message}. ${advice}` };
}
