import { type Document, decodeJson, PersistError, refuseEncoded } from '@sandkeep/persist-api';

/** A sandbox as it is stored, whatever its schema and format. */
export interface StoredSandbox {
  readonly id: string;
  /** Undefined where there are no revisions. */
  readonly revision: string | undefined;
  readonly savedAt: Date;
  readonly sandbox: unknown;
  readonly containers: Readonly<Record<string, unknown>>;
}

/**
 * Reads the document of a sandbox. Its states are taken as they are; integers in them are exact.
 * @param id the sandbox that it should be
 * @throws `CORRUPT` if it is not whole and well-formed
 * @throws `FORMAT_UNSUPPORTED` if its layout is a newer one, or it is compressed; `PERMISSION_DENIED` if it is encrypted
 */
export function decodeStoredSandbox(id: string, key: string, { data, version }: Document): StoredSandbox {
  const context = { operation: 'read', key };
  const corrupt = (problem: string, cause?: unknown) =>
    new PersistError('CORRUPT', `the document ${key} is damaged: ${problem}`, { ...context, cause });
  let stored: unknown;
  try {
    stored = decodeJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data));
  } catch (error) {
    refuseEncoded(data);
    throw corrupt('it is not JSON in UTF-8', error);
  }
  if (!isObject(stored)) throw corrupt('it is no JSON object');
  const { layout, savedAt, sandbox, containers } = stored;
  if (Number.isSafeInteger(layout) && Number(layout) > 1) {
    throw new PersistError('FORMAT_UNSUPPORTED', `the document ${key} has layout ${layout}: expected 1`, context);
  }
  if (layout !== 1) throw corrupt('layout is not valid: expected a number from 1');
  if (stored.id !== id) throw corrupt(`id is not valid: expected "${id}"`);
  const date = new Date(typeof savedAt === 'string' ? savedAt : Number.NaN);
  if (Number.isNaN(date.getTime())) throw corrupt('savedAt is not valid: expected a date');
  if (sandbox === undefined) throw corrupt('sandbox is missing');
  if (!isObject(containers)) throw corrupt('containers is not valid: expected an object');
  return { id, revision: version, savedAt: date, sandbox, containers };
}

/** The `state` of a sandbox or container; undefined if its schema has none. */
export function stateOf(value: unknown): string | undefined {
  const { state } = Object(value) as { state?: unknown };
  return typeof state === 'string' ? state : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
