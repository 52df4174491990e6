import { checkExpectation, type Document, type LeaseStorage, newAttemptId, type Version } from '@sandkeep/persist-api';

/** Conditional documents in memory. Yours are in a database, a bucket, … */
export class Documents implements LeaseStorage {
  readonly #documents = new Map<string, Document>();

  async read(key: string): Promise<Document | undefined> {
    const document = this.#documents.get(key);
    return document && { data: new Uint8Array(document.data), version: document.version };
  }

  async write(key: string, data: Uint8Array, expect: Version | 'absent' | undefined): Promise<Version> {
    // The check and the write are one step: nothing can come between them.
    checkExpectation(expect, this.#documents.get(key)?.version);
    const version = newAttemptId();
    this.#documents.set(key, { data, version });
    return version;
  }

  async remove(key: string, expect: Version | undefined): Promise<boolean> {
    checkExpectation(expect, this.#documents.get(key)?.version);
    return this.#documents.delete(key);
  }

  async *list(prefix = '', after = ''): AsyncGenerator<string> {
    yield* [...this.#documents.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  }
}
