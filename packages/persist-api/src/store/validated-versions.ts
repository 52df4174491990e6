import type { Version } from '../driver/document.js';

const mostKept = 4096;

interface Validated {
  readonly version: Version;
  /** Whether this store wrote it with a line for each container. Lines that others wrote are not trusted. */
  readonly hasLines: boolean;
  /** Whether it holds no integer beyond ±2^53. */
  readonly isNative: boolean;
}

/**
 * The versions of documents that a store has validated, as it wrote or read them: the latest of each of
 * some thousand keys. A version names one content for good, so they need not be validated again.
 */
export class ValidatedVersions {
  readonly #latest = new Map<string, Validated>();

  /** What is known of this version; undefined if it was not validated. It is now the one that was used last. */
  find(key: string, version: Version): Validated | undefined {
    const latest = this.#latest.get(key);
    if (latest?.version !== version) return undefined;
    this.#latest.delete(key);
    this.#latest.set(key, latest);
    return latest;
  }

  add(key: string, validated: Validated): void {
    this.#latest.delete(key);
    this.#latest.set(key, validated);
    if (this.#latest.size <= mostKept) return;
    for (const oldest of this.#latest.keys()) {
      this.#latest.delete(oldest);
      break;
    }
  }
}
