import { PersistError } from '../persist-error.js';

/**
 * What an encrypted or compressed document begins with. The first byte cannot be followed by the second in
 * UTF-8, so no JSON and no other text is taken for one.
 */
export const markers = {
  encrypted: Buffer.from('\xd3SKE', 'latin1'),
  compressed: Buffer.from('\xd3SKZ', 'latin1'),
} as const;

export const markerBytes = 4;

export function hasMarker(data: Uint8Array, marker: keyof typeof markers): boolean {
  return markers[marker].equals(data.subarray(0, markerBytes));
}

/**
 * For whoever reads a document and finds something else than what it writes: tells a document that is not
 * damaged, but encrypted or compressed.
 * @throws `PERMISSION_DENIED` if it is encrypted; `FORMAT_UNSUPPORTED` if it is compressed
 */
export function refuseEncoded(data: Uint8Array): void {
  if (hasMarker(data, 'encrypted')) {
    throw new PersistError(
      'PERMISSION_DENIED',
      'the document is encrypted, and the store was opened without "encrypt": ' +
        'add it to the configuration (…?encrypt=true in a URL), and give the keys',
    );
  }
  if (hasMarker(data, 'compressed')) {
    throw new PersistError(
      'FORMAT_UNSUPPORTED',
      'the document is compressed, and the store was opened without "compress": ' +
        'add it to the configuration (…?compress=true in a URL)',
    );
  }
}
