/** Has calls on the same key take turns, so that those of one instance do not get in each other's way. */
export class Turns {
  readonly #latest = new Map<string, Promise<unknown>>();

  /** @param wait waits for the call before, which never rejects; what it throws ends this one */
  async take<T>(key: string, wait: (before: Promise<unknown>) => Promise<unknown>, run: () => Promise<T>): Promise<T> {
    const before = this.#latest.get(key);
    const own = (async () => {
      if (before !== undefined) await wait(before);
      return run();
    })();
    const settled = own.catch(() => {});
    this.#latest.set(key, settled);
    try {
      return await own;
    } finally {
      if (this.#latest.get(key) === settled) this.#latest.delete(key);
    }
  }
}
