/**
 * A seeded generator for the races of a case: the same seed and stream give the same numbers.
 * (mulberry32; not for secrets.)
 */
export class Random {
  #state: number;

  /**
   * @param seed an integer from 0 to 2^32 - 1
   * @param stream keeps the numbers of two users of one seed apart: the id of the case
   */
  constructor(seed: number, stream: string) {
    this.#state = seed;
    for (const character of stream) this.#state = Math.imul(this.#state ^ character.charCodeAt(0), 0x01000193);
  }

  /** An integer from 0 to `bound - 1`. */
  integer(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) % bound) >>> 0;
  }

  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const other = this.integer(last + 1);
      [result[last], result[other]] = [result[other] as T, result[last] as T];
    }
    return result;
  }
}
