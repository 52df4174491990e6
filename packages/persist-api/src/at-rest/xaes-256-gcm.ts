import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

export const nonceBytes = 24;
export const tagBytes = 16;

const aesBlockBytes = 16;

/** What is encrypted or decrypted, and what is authenticated with it. */
export interface XaesInput {
  /** 32 bytes. */
  readonly key: KeyObject;
  /** {@link nonceBytes} random ones. */
  readonly nonce: Uint8Array;
  readonly data: Uint8Array;
  readonly associated: Uint8Array;
}

/**
 * Encrypts with XAES-256-GCM (https://c2sp.org/XAES-256-GCM): AES-256-GCM under a key that is derived from
 * `key` and the first half of the nonce, with the second half as its nonce. With random nonces one key is
 * good for 2^80 messages, where AES-256-GCM by itself is good for 2^32 (NIST SP 800-38D, 8.3).
 * @returns the ciphertext, then the tag
 */
export function seal({ key, nonce, data, associated }: XaesInput): [ciphertext: Buffer, tag: Buffer] {
  const cipher = createCipheriv('aes-256-gcm', deriveKey(key, nonce), nonce.subarray(12), { authTagLength: tagBytes });
  cipher.setAAD(associated);
  const ciphertext = cipher.update(data);
  cipher.final();
  return [ciphertext, cipher.getAuthTag()];
}

/** @throws if it is not what {@link seal} gave, for the same key, nonce and associated data */
export function open({ key, nonce, data, associated }: XaesInput): Buffer {
  const end = data.byteLength - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(key, nonce), nonce.subarray(12), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associated);
  decipher.setAuthTag(data.subarray(end));
  const plain = decipher.update(data.subarray(0, end));
  decipher.final();
  return plain;
}

/** The key derivation of NIST SP 800-108r1 in counter mode, with AES-CMAC over one block each. */
function deriveKey(key: KeyObject, nonce: Uint8Array): Buffer {
  const aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const subkey = cmacSubkey(aes.update(Buffer.alloc(aesBlockBytes)));
  const blocks = Buffer.concat(
    [1, 2].flatMap((counter) => [Buffer.from([0, counter, 0x58, 0]), nonce.subarray(0, 12)]),
  );
  for (const [index, byte] of blocks.entries()) blocks[index] = byte ^ (subkey[index % aesBlockBytes] ?? 0);
  return aes.update(blocks);
}

/** K1 of NIST SP 800-38B: twice `block` in GF(2^128). */
function cmacSubkey(block: Buffer): Buffer {
  const carry = (block[0] ?? 0) >> 7;
  const shifted = block.map((byte, index) => (byte << 1) | ((block[index + 1] ?? 0) >> 7));
  shifted[aesBlockBytes - 1] = (shifted[aesBlockBytes - 1] ?? 0) ^ (carry * 0x87);
  return Buffer.from(shifted);
}
