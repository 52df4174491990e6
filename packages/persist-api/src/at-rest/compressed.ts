import type { PersistDriver } from '../driver/persist-driver.js';
import { compressDocument, compressedOverhead, decompressDocument } from './compressed-document.js';
import { encodedDriver } from './encoded-driver.js';

/**
 * A driver that compresses every document before `driver` gets it; one that is short or does not get smaller
 * is stored as it is, behind a marker. Documents that `driver` has from before are read as they are.
 *
 * It owns `driver`: closing it closes `driver`. `maxDocumentBytes` is that of `driver`, less 12 bytes: it
 * bounds a document before it is compressed, and what any stored document may be decompressed to.
 *
 * What is encrypted does not get smaller, so with both, compress first: `compressed(encrypted(driver, …))`.
 */
export function compressed(driver: PersistDriver): PersistDriver {
  return encodedDriver(driver, {
    facts: { compression: 'zlib' },
    overhead: compressedOverhead,
    encode: (_, data) => compressDocument(data),
    decode: (_, stored, maxBytes) => decompressDocument(stored, maxBytes),
  });
}
