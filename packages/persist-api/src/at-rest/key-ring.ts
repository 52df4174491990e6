import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { invalidArgument } from '../driver/invalid-argument.js';
import { PersistError } from '../persist-error.js';

/** A key that documents are encrypted with. */
export interface EncryptionKey {
  /**
   * Names the key in every document that is encrypted with it, in the clear: 1 to 32 of `[A-Za-z0-9_.-]`, the
   * first a letter or digit. Never use an id again for another key.
   */
  readonly id: string;
  /** 32 random bytes; as a string, in base64 (also base64url) or as 64 hexadecimal digits. */
  readonly key: Uint8Array | string;
}

/** A key that was checked. It cannot be printed. */
export interface RingKey {
  readonly id: string;
  readonly secret: KeyObject;
  /** Tells it from another key of the same id: 8 bytes that say nothing else about it. */
  readonly check: Buffer;
}

export const keyBytes = 32;
export const keyCheckBytes = 8;
/** Less than a key has in base64: a key that stands in the place of an id is no id, and shows in no error. */
export const maxKeyIdBytes = 32;

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/;
const howToMake = 'openssl rand -base64 32 makes one';

export function isKeyId(id: string): boolean {
  return idPattern.test(id);
}

/** Keys by id: the first is for writing, all are for reading. */
export class KeyRing {
  readonly current: RingKey;
  readonly #byId = new Map<string, RingKey>();

  /** @throws `INVALID_ARGUMENT` that names the key by its place and id, never by its bytes */
  constructor(keys: readonly EncryptionKey[]) {
    if (!Array.isArray(keys) || keys.length === 0) {
      throw invalidArgument('keys', keys, 'an array of one or more { id, key }');
    }
    for (const [index, entry] of keys.entries()) {
      const key = toRingKey(entry, `keys[${index}]`);
      if (this.#byId.has(key.id)) {
        throw new PersistError('INVALID_ARGUMENT', `keys: the id "${key.id}" is given twice`);
      }
      this.#byId.set(key.id, key);
    }
    const [first] = this.#byId.values();
    this.current = first as RingKey;
  }

  get ids(): string[] {
    return [...this.#byId.keys()];
  }

  find(id: string): RingKey | undefined {
    return this.#byId.get(id);
  }
}

function toRingKey(entry: unknown, field: string): RingKey {
  const { id, key } = Object(entry) as { id?: unknown; key?: unknown };
  if (typeof id !== 'string' || !isKeyId(id)) {
    throw new PersistError(
      'INVALID_ARGUMENT',
      `${field}.id is not valid: expected 1 to 32 of [A-Za-z0-9_.-], first a letter or digit`,
    );
  }
  const bytes = typeof key === 'string' ? decode(key) : key;
  if (!types.isUint8Array(bytes) || bytes.byteLength !== keyBytes) {
    const found = types.isUint8Array(bytes) ? `has ${bytes.byteLength} bytes` : 'is not valid';
    throw new PersistError(
      'INVALID_ARGUMENT',
      `the key "${id}" ${found}: expected 32 random bytes, or a string that holds them in base64 or hexadecimal (${howToMake})`,
    );
  }
  const secret = createSecretKey(bytes);
  const check = createHmac('sha256', secret).update('sandkeep key check').digest().subarray(0, keyCheckBytes);
  return { id, secret, check };
}

/** Undefined if it is neither base64 nor base64url nor hexadecimal. */
function decode(text: string): Uint8Array | undefined {
  if (/^[0-9A-Fa-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
