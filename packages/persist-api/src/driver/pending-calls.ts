type Reject = (error: unknown) => void;

/** Calls of a client that may never settle what it has promised, once it is broken. */
export class PendingCalls {
  /** In no order. Not a Set: what is removed from that can live on in it for long. */
  readonly #rejects: { reject: Reject; place: number }[] = [];

  /** Settles as `call` does, or with the error of {@link failAll}. */
  run<T>(call: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const pending = { reject, place: this.#rejects.length };
      this.#rejects.push(pending);
      call().then(
        (result) => {
          this.#remove(pending);
          resolve(result);
        },
        (error: unknown) => {
          this.#remove(pending);
          reject(error);
        },
      );
    });
  }

  /** Nobody waits any longer for what is pending now. */
  failAll(error: unknown): void {
    for (const { reject } of this.#rejects) reject(error);
  }

  #remove({ place }: { place: number }): void {
    const last = this.#rejects.pop();
    if (last === undefined || last.place === place) return;
    last.place = place;
    this.#rejects[place] = last;
  }
}
