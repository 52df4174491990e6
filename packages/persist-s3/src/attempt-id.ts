import { randomBytes } from 'node:crypto';

/** The characters of an attempt's id. */
export const attemptIdLength = 12;

/**
 * The id of one attempt to change a document: 72 random bits in base64url. It is part of the object's body,
 * so that no two bodies, and no two ETags, are equal, and so that a lost answer can be found out.
 */
export function newAttemptId(): string {
  return randomBytes(9).toString('base64url');
}
