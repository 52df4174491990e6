import { decodeHeader, encodeHeader } from '@sandkeep/persist-api';
import { attemptIdLength } from './attempt-id.js';

/**
 * What an object holds: a document as on disk (header line and bytes, see `document-envelope.ts` of
 * persist-api), the tombstone of a removed one, or a tombstone that is about to be deleted. The latter two
 * are told from documents by their sizes in a listing, and by their text otherwise. No document is as small,
 * not even one of which half got lost; and nothing that an object can be damaged to is taken for a removal.
 */
export type ObjectContent =
  /** `attempt` is undefined if the object is damaged. */
  | { readonly kind: 'document'; readonly attempt: string | undefined }
  | { readonly kind: 'removed'; readonly attempt: string }
  /** `until`: when it may be replaced, in seconds since 1970 by the server's clock. */
  | { readonly kind: 'sweeping'; readonly attempt: string; readonly until: number };

const id = `[0-9A-Za-z_-]{${attemptIdLength}}`;
const tombstone = new RegExp(`^removed (${id})\n$`);
const mark = new RegExp(`^sweep (${id}) (\\d{10})\n$`);

const tombstoneBytes = 'removed \n'.length + attemptIdLength;
const markBytes = 'sweep  \n'.length + attemptIdLength + 10;

export function encodeDocument(attempt: string, data: Uint8Array): Buffer {
  return Buffer.concat([encodeHeader(attempt, data), data]);
}

export function encodeTombstone(attempt: string): Buffer {
  return Buffer.from(`removed ${attempt}\n`);
}

/** @param until in whole seconds since 1970 */
export function encodeMark(attempt: string, until: number): Buffer {
  return Buffer.from(`sweep ${attempt} ${String(until).padStart(10, '0')}\n`);
}

/** @param start the object's first bytes: all of them, or at least `maxHeaderBytes` */
export function contentOf(start: Buffer): ObjectContent {
  if (hasTombstoneSize(start.byteLength)) {
    const text = start.toString('latin1');
    const [, removed] = tombstone.exec(text) ?? [];
    if (removed !== undefined) return { kind: 'removed', attempt: removed };
    const [, sweeping, until] = mark.exec(text) ?? [];
    if (sweeping !== undefined) return { kind: 'sweeping', attempt: sweeping, until: Number(until) };
  }
  try {
    return { kind: 'document', attempt: decodeHeader(start).version };
  } catch {
    return { kind: 'document', attempt: undefined };
  }
}

/** Whether an object of this size stands for a removed document. */
export function hasTombstoneSize(bytes: number | undefined): boolean {
  return bytes === tombstoneBytes || bytes === markBytes;
}
