import type { Version } from '@sandkeep/persist-api';

interface ModelDocument {
  readonly data: Uint8Array;
  readonly version: Version;
}

/** What a driver must do, in a few lines: documents in a map, and every version that a key ever had. */
export class DocumentModel {
  readonly #documents = new Map<string, ModelDocument>();
  readonly #versions = new Map<string, Version[]>();

  get(key: string): ModelDocument | undefined {
    return this.#documents.get(key);
  }

  /** The latest version of `key` that is not the current one. */
  olderVersion(key: string): Version | undefined {
    const current = this.get(key)?.version;
    return this.#versions.get(key)?.findLast((version) => version !== current);
  }

  /** Whether a write or removal with this condition goes through. */
  accepts(key: string, expect: Version | 'absent' | undefined): boolean {
    return expect === undefined || expect === (this.get(key)?.version ?? 'absent');
  }

  hasHad(key: string, version: Version): boolean {
    return this.#versions.get(key)?.includes(version) ?? false;
  }

  set(key: string, data: Uint8Array, version: Version): void {
    this.#documents.set(key, { data, version });
    this.#versions.set(key, [...(this.#versions.get(key) ?? []), version]);
  }

  delete(key: string): void {
    this.#documents.delete(key);
  }

  /** The keys below `prefix` after `after`, in order. */
  list(prefix: string, after: string | undefined): string[] {
    const below = prefix === '' ? '' : `${prefix}/`;
    return [...this.#documents.keys()].filter((key) => key.startsWith(below) && key > (after ?? '')).sort();
  }
}
