/** So many keys are remembered. */
const most = 10_000;

/** An object as this instance saw it last. */
export interface SeenObject {
  readonly etag: string;
  /** Whether it is a document, or the tombstone of one. */
  readonly kind: 'document' | 'removed';
}

/**
 * What this instance saw last under its keys, so that it can name the ETag that a change expects without asking
 * first. What is out of date costs a request, and nothing else: the server compares.
 */
export class SeenObjects {
  readonly #byKey = new Map<string, SeenObject>();

  get(key: string): SeenObject | undefined {
    return this.#byKey.get(key);
  }

  set(key: string, seen: SeenObject): void {
    this.#byKey.delete(key);
    this.#byKey.set(key, seen);
    if (this.#byKey.size <= most) return;
    const [oldest] = this.#byKey.keys();
    if (oldest !== undefined) this.#byKey.delete(oldest);
  }

  delete(key: string): void {
    this.#byKey.delete(key);
  }
}
