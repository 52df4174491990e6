import { randomBytes } from 'node:crypto';
import { PersistError } from '../persist-error.js';
import { hasMarker, markerBytes, markers } from './document-marker.js';
import { isKeyId, type KeyRing, keyCheckBytes, maxKeyIdBytes, type RingKey } from './key-ring.js';
import { nonceBytes, open, seal, tagBytes } from './xaes-256-gcm.js';

/**
 * How an encrypted document is laid out. Numbers are bytes.
 *
 *     4   D3 53 4B 45
 *     1   the version of this format: 1
 *     1   the length n of the key's id
 *     n   the key's id, in ASCII
 *     8   the first bytes of HMAC-SHA-256(key, "sandkeep key check"): tells another key of the same id
 *     24  a random nonce
 *     …   the document, encrypted with XAES-256-GCM
 *     16  the authentication tag
 *
 * Authenticated with it is everything before the nonce, followed by the key (the name) of the document: a
 * document that was moved to another place, or put under another version or key id, does not decrypt.
 */
const format = 1;
const fixedBytes = markerBytes + 2;

/** How many bytes the encrypted form has more, at most. */
export const sealedOverhead = fixedBytes + maxKeyIdBytes + keyCheckBytes + nonceBytes + tagBytes;

/** Encrypts a document for its place. */
export function sealDocument({ current }: KeyRing, place: string, data: Uint8Array): Buffer {
  const head = headOf(current);
  const nonce = randomBytes(nonceBytes);
  const sealed = seal({ key: current.secret, nonce, data, associated: associated(head, place) });
  return Buffer.concat([head, nonce, ...sealed]);
}

/**
 * Decrypts a document.
 * @throws `CORRUPT` if it is not what was written in that place
 * @throws `PERMISSION_DENIED` if it was encrypted with a key that is not in the ring
 * @throws `FORMAT_UNSUPPORTED` if it is not encrypted, or in a newer format
 */
export function openDocument(keys: KeyRing, place: string, stored: Buffer): Buffer {
  if (!hasMarker(stored, 'encrypted')) {
    throw new PersistError(
      'FORMAT_UNSUPPORTED',
      'the document is not encrypted, and the store was opened with "encrypt": ' +
        'either somebody else wrote it, or it is from before; copy such a store into a new, encrypted one',
    );
  }
  const version = stored[markerBytes];
  if (version !== format) {
    const found = version === undefined ? 'no format' : `format ${version}`;
    throw new PersistError('FORMAT_UNSUPPORTED', `the document is encrypted in ${found}: expected format ${format}`);
  }
  const idEnd = fixedBytes + (stored[markerBytes + 1] ?? 0);
  const id = stored.toString('latin1', fixedBytes, idEnd);
  const headEnd = idEnd + keyCheckBytes;
  const dataStart = headEnd + nonceBytes;
  if (!isKeyId(id) || stored.byteLength < dataStart + tagBytes) throw corrupt('its encryption header is not whole');
  const head = stored.subarray(0, headEnd);
  const { secret } = keyFor(keys, id, head.subarray(idEnd));
  try {
    return open({
      key: secret,
      nonce: stored.subarray(headEnd, dataStart),
      data: stored.subarray(dataStart),
      associated: associated(head, place),
    });
  } catch {
    throw corrupt('it was changed since it was encrypted, or it is the document of another place');
  }
}

function headOf({ id, check }: RingKey): Buffer {
  return Buffer.concat([markers.encrypted, Buffer.from([format, id.length]), Buffer.from(id, 'latin1'), check]);
}

function associated(head: Buffer, place: string): Buffer {
  return Buffer.concat([head, Buffer.from(place)]);
}

function keyFor(keys: KeyRing, id: string, check: Buffer): RingKey {
  const key = keys.find(id);
  if (key === undefined) {
    throw new PersistError(
      'PERMISSION_DENIED',
      `the document is encrypted with the key "${id}", which was not given (given: ${keys.ids.join(', ')})`,
    );
  }
  if (key.check.equals(check)) return key;
  throw new PersistError(
    'PERMISSION_DENIED',
    `the document is encrypted with another key "${id}" than the one that was given under this id`,
  );
}

function corrupt(reason: string): PersistError {
  return new PersistError('CORRUPT', `the document is damaged: ${reason}`);
}
