import { randomFillSync } from 'node:crypto';

const idBytes = 9;
const pool = Buffer.alloc(idBytes * 256);
let used = pool.length;

/**
 * The id of one attempt to change a document, which becomes the version that it writes; or of one that wants a lock: 72
 * random bits as 12 characters of base64url. It never repeats.
 */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += idBytes;
  return pool.toString('base64url', used - idBytes, used);
}
