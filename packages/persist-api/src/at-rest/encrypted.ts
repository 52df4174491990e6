import type { PersistDriver } from '../driver/persist-driver.js';
import { encodedDriver } from './encoded-driver.js';
import { type EncryptionKey, KeyRing } from './key-ring.js';
import { openDocument, sealDocument, sealedOverhead } from './sealed-document.js';

/** With which keys {@link encrypted} encrypts and decrypts. */
export interface EncryptedOptions {
  /**
   * The first encrypts what is written; all of them decrypt what is read, by the id that each document names.
   * To change the key, put a new one first and keep the old one behind it.
   */
  readonly keys: readonly EncryptionKey[];
}

/**
 * A driver that encrypts every document before `driver` gets it, and authenticates it when it is read. The
 * names of documents, their sizes, and locks are not encrypted.
 *
 * It owns `driver`: closing it closes `driver`. To compress as well, compress first:
 *
 *     const driver = compressed(encrypted(await openFsDriver({ root }), { keys: [{ id: '2026-11', key }] }));
 *
 * What it adds to the errors of `read`: `CORRUPT` for a document that was changed, or moved from another
 * place; `PERMISSION_DENIED` for one whose key was not given; `FORMAT_UNSUPPORTED` for one that is not
 * encrypted. `maxDocumentBytes` is that of `driver`, less 86 bytes.
 *
 * @throws `INVALID_ARGUMENT` if a key is not valid. No error, and nothing that is printed, holds one.
 */
export function encrypted(driver: PersistDriver, options: EncryptedOptions): PersistDriver {
  return encryptedWith(driver, new KeyRing(Object(options).keys));
}

/** As {@link encrypted}, with keys that were checked. */
export function encryptedWith(driver: PersistDriver, ring: KeyRing): PersistDriver {
  return encodedDriver(driver, {
    facts: { encryption: `XAES-256-GCM, key ${ring.current.id}` },
    overhead: sealedOverhead,
    encode: (key, data) => sealDocument(ring, key, data),
    decode: (key, stored) => openDocument(ring, key, Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength)),
  });
}
