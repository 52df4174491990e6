import type { Version } from '../driver/document.js';

const mostKept = 4096;

interface Validated {
  readonly version: Version;
  readonly hasLines: boolean;
}

/**
 * The versions of documents that a store has validated, as it wrote or read them: the latest of each of
 * some thousand keys. A version names one content for good, so they need not be validated again.
 */
export class ValidatedVersions {
  readonly #latest = new Map<string, Validated>();

  has(key: string, version: Version): boolean {
    return this.#latest.get(key)?.version === version;
  }

  /** Whether this store wrote it with a line for each container. Lines that others wrote are not trusted. */
  hasLines(key: string, version: Version): boolean {
    const latest = this.#latest.get(key);
    return latest?.version === version && latest.hasLines;
  }

  add(key: string, version: Version, hasLines = this.hasLines(key, version)): void {
    this.#latest.delete(key);
    this.#latest.set(key, { version, hasLines });
    if (this.#latest.size <= mostKept) return;
    for (const oldest of this.#latest.keys()) {
      this.#latest.delete(oldest);
      break;
    }
  }
}
