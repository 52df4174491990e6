import { isUtf8 } from 'node:buffer';
import { refuseEncoded } from '../at-rest/document-marker.js';
import { handOver } from '../driver/handed-over.js';
import { describeValue } from '../driver/invalid-argument.js';
import { checkSegment } from '../driver/key.js';
import { isPersistError, PersistError } from '../persist-error.js';
import { encodeContainers, LazyContainers } from './lazy-containers.js';
import type { OlderState } from './migrations.js';
import { decodeJson, encodeExactly, isNativeJson } from './state-json.js';
import type { UntypedState } from './validate-state.js';

/** The version of the layout below, as opposed to the format of the states in it. */
const layout = 1;

/**
 * A sandbox as it is stored: JSON in UTF-8.
 *
 *     {"layout":1,"format":1,"id":"web","savedAt":"2026-01-31T12:00:00.000Z",
 *      "sandbox":{…},"containers":{"web-1":{…}}}
 *
 * `format` is the one of the states, which the store's migrations count. A save writes one line. An update gives each
 * container a line of its own (see `LazyContainers`), so that the next update finds it without parsing the others.
 */
export interface SandboxDocument extends UntypedState {
  readonly format: number;
  readonly id: string;
  readonly savedAt: Date;
}

/** A sandbox as it was found. */
export type DecodedDocument = SandboxDocument &
  OlderState & {
    /** Whether it holds no integer beyond ±2^53. */
    readonly isNative: boolean;
  };

/** A document's bytes, which are the caller's alone. */
export interface EncodedDocument {
  readonly data: Uint8Array;
  /** Whether decoding them gives back just what was given. */
  readonly isExact: boolean;
  /** Whether it holds no integer beyond ±2^53. */
  readonly isNative: boolean;
}

/** @throws `INVALID_ARGUMENT`, naming the path, for what is no plain JSON data */
export function encodeSandboxDocument({ containers, ...document }: SandboxDocument): EncodedDocument {
  const { text, ...rest } = encodeExactly({ ...headOf(document), containers: Object.fromEntries(containers) });
  return { data: handOver(Buffer.from(text)), ...rest };
}

/**
 * The same with a line for each container. Containers that were not looked at since they were decoded are copied.
 * @throws `INVALID_ARGUMENT`, naming the path, for what is no plain JSON data
 */
export function encodeInLines({ containers, ...document }: SandboxDocument): EncodedDocument {
  const head = encodeExactly(headOf(document));
  let { isExact } = head;
  let isNative = head.isNative && (!(containers instanceof LazyContainers) || containers.isNative);
  const encode = (id: string, state: unknown): string => {
    const container = encodeExactly(state, ['containers', id]);
    isExact &&= container.isExact;
    isNative &&= container.isNative;
    return container.text;
  };
  const data = encodeContainers(`${head.text.slice(0, -1)},`, containers, encode);
  return { data: handOver(data), isExact, isNative };
}

function headOf({ format, id, savedAt, sandbox }: Omit<SandboxDocument, 'containers'>) {
  return { layout, format, id, savedAt: savedAt.toISOString(), sandbox };
}

/**
 * @param key where the document is stored
 * @param id the sandbox that it should be
 * @param currentFormat the newest format that is known
 * @throws `CORRUPT` if it is not whole and well-formed
 * @throws `FORMAT_UNSUPPORTED` if its layout or format is a newer one, or it is compressed
 * @throws `PERMISSION_DENIED` if it is encrypted
 */
export function decodeSandboxDocument(
  data: Uint8Array,
  key: string,
  id: string,
  currentFormat: number,
): DecodedDocument {
  const text = textOf(data, key);
  const isNative = isNativeJson(text);
  const stored = parse(text, key, isNative ? JSON.parse : decodeJson);
  return { ...checkDocument(stored, key, id, currentFormat), isNative };
}

/**
 * As {@link decodeSandboxDocument}, for what it has accepted before, and found native: looks at nothing again.
 * @returns undefined if it is not the same, after all
 */
export function decodeKnownDocument(
  data: Uint8Array,
  id: string,
): Pick<SandboxDocument, keyof UntypedState | 'savedAt'> | undefined {
  if (!isUtf8(data)) return undefined;
  try {
    const { savedAt, sandbox, containers, ...head } = JSON.parse(bufferOf(data).toString('utf8'));
    if (head.id !== id || savedAt === undefined || sandbox === undefined) return undefined;
    return { savedAt: new Date(savedAt), sandbox, containers: new Map(Object.entries(containers)) };
  } catch {
    return undefined;
  }
}

/**
 * As {@link decodeSandboxDocument}, for what {@link encodeInLines} gave, and nobody else: containers are parsed when
 * somebody looks at them.
 */
export function decodeLines(
  data: Uint8Array,
  key: string,
  id: string,
  { currentFormat, isNative }: { currentFormat: number; isNative: boolean },
): SandboxDocument {
  const found = LazyContainers.in(bufferOf(data), isNative);
  if (found === undefined) return decodeSandboxDocument(data, key, id, currentFormat);
  return { ...checkDocument(parse(found.head, key, decodeJson), key, id, currentFormat), containers: found.containers };
}

function checkDocument(
  stored: Record<string, unknown>,
  key: string,
  id: string,
  currentFormat: number,
): SandboxDocument & OlderState {
  checkVersion(key, 'layout', stored.layout, layout);
  checkVersion(key, 'format', stored.format, currentFormat);
  const { format, savedAt, sandbox, containers } = stored;
  const expect = (holds: boolean, field: string, expected: string) => {
    if (!holds) throw corrupt(key, `${field} ${describeValue(stored[field])} is not valid: expected ${expected}`);
  };
  expect(stored.id === id, 'id', JSON.stringify(id));
  const date = new Date(typeof savedAt === 'string' ? savedAt : Number.NaN);
  expect(
    !Number.isNaN(date.getTime()) && date.toISOString() === savedAt,
    'savedAt',
    'a date such as 2026-01-31T12:00:00.000Z',
  );
  expect(sandbox !== undefined, 'sandbox', 'a state');
  expect(isObject(containers), 'containers', 'an object');
  const entries = Object.entries(containers as object);
  for (const [containerId] of entries) checkContainerId(key, containerId);
  return { format: format as number, id, savedAt: date, sandbox, containers: new Map(entries) };
}

/** The error for a document that cannot be used as it is stored. */
export function corrupt(key: string, problem: string, cause?: unknown): PersistError {
  return new PersistError('CORRUPT', `the document ${key} is damaged: ${problem}`, { cause });
}

function textOf(data: Uint8Array, key: string): string {
  if (!isUtf8(data)) {
    refuseEncoded(data);
    throw corrupt(key, 'it is not UTF-8');
  }
  return bufferOf(data).toString('utf8');
}

function parse(text: string, key: string, parseJson: (text: string) => unknown): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw corrupt(key, 'it is not JSON', error);
  }
  if (!isObject(value)) throw corrupt(key, 'it is no JSON object');
  return value;
}

function bufferOf(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function checkVersion(key: string, field: string, value: unknown, current: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw corrupt(key, `${field} ${describeValue(value)} is not valid: expected a number from 1`);
  }
  if ((value as number) > current) {
    throw new PersistError(
      'FORMAT_UNSUPPORTED',
      `the document ${key} has ${field} ${value}: expected at most ${current}; it was written by newer software`,
    );
  }
}

function checkContainerId(key: string, id: string): void {
  try {
    checkSegment(id, 'container id');
  } catch (error) {
    throw isPersistError(error) ? corrupt(key, error.message) : error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
