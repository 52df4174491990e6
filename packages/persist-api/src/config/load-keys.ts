import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type EncryptionKey, KeyRing } from '../at-rest/key-ring.js';
import { isPersistError, PersistError } from '../persist-error.js';
import type { KeySource } from './at-rest-options.js';

export const keysVariable = 'SANDKEEP_ENCRYPTION_KEYS';

/**
 * The keys that the option `encrypt` stands for.
 * @param source `true`: the environment; a text: the path of a key file
 * @param directory where relative paths start
 * @throws `INVALID_ARGUMENT` that says where the keys were looked for; it holds nothing that could be a key
 */
export async function loadKeys(source: true | string | KeySource, directory: string): Promise<KeyRing> {
  if (source === true) {
    const text = process.env[keysVariable];
    if (text) return ringOf(keysVariable, () => parseKeyList(text));
    throw invalid(
      `${keysVariable} is not set, and "encrypt" is on: set it to id:key, where the key is what "openssl rand -base64 32" prints`,
    );
  }
  const { keyFile, keys } = typeof source === 'string' ? { keyFile: source, keys: undefined } : source;
  if ((keyFile === undefined) === (keys === undefined)) {
    throw invalid('option "encrypt" is not valid: expected either "keyFile" or "keys"');
  }
  if (keyFile === undefined) return ringOf('option "encrypt.keys"', () => keys ?? []);
  const path = resolve(directory, keyFile);
  const name = mayBeKey(keyFile) ? 'the key file' : `the key file ${path}`;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'it does not exist' : String(error.code);
    throw invalid(
      `option "encrypt": ${name} cannot be read: ${reason}; expected true, which means ${keysVariable}, or a path`,
    );
  });
  return ringOf(name, () => parseKeyList(text));
}

/** The entries `id:key` of a text, with newlines or commas between them; a line that begins with `#` is a remark. */
function parseKeyList(text: string): EncryptionKey[] {
  const entries = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => line.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) throw invalid('holds no key: expected one or more lines id:key');
  return entries.map((entry, index) => {
    const [, id = '', key = ''] = /^([^:\s]+):(\S+)$/.exec(entry) ?? [];
    if (key === '') throw invalid(`entry ${index + 1} is not valid: expected id:key, such as 2026-11:bWFrZSBv…`);
    return { id, key };
  });
}

function ringOf(source: string, keys: () => readonly EncryptionKey[]): KeyRing {
  try {
    return new KeyRing(keys());
  } catch (error) {
    throw isPersistError(error) ? invalid(`${source}: ${error.message}`) : error;
  }
}

/** Whether somebody may have given a key, or `id:key`, for a path. */
function mayBeKey(text: string): boolean {
  return /(?:^|[:\s])(?:[A-Za-z0-9+/_-]{43}=?|[0-9A-Fa-f]{64})$/.test(text);
}

function invalid(reason: string): PersistError {
  return new PersistError('INVALID_ARGUMENT', reason);
}
