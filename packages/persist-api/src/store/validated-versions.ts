import type { Version } from '../driver/document.js';

const mostKept = 4096;

/**
 * The versions of documents that a store has validated, as it wrote or read them: the latest of each of
 * some thousand keys. A version names one content for good, so they need not be validated again.
 */
export class ValidatedVersions {
  readonly #versions = new Map<string, Version>();

  has(key: string, version: Version): boolean {
    return this.#versions.get(key) === version;
  }

  add(key: string, version: Version): void {
    this.#versions.delete(key);
    this.#versions.set(key, version);
    if (this.#versions.size <= mostKept) return;
    for (const oldest of this.#versions.keys()) {
      this.#versions.delete(oldest);
      break;
    }
  }
}
