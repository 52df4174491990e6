import { createHash } from 'node:crypto';

/** @returns 64 lower-case hex digits */
export function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The digest over all entries of an archive, of their paths and their bytes. */
export class RunningDigest {
  readonly #hash = createHash('sha256');

  add(path: string, digest: string): void {
    this.#hash.update(`${digest}  ${path}\n`);
  }

  /** To be called once. */
  value(): string {
    return this.#hash.digest('hex');
  }
}
