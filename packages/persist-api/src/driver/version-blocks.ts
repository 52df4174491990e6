const perBlock = 65_536;

/** Numbers for versions that never repeat, in blocks that are counted in the store. */
export class VersionBlocks {
  readonly #takeBlock: () => Promise<number | undefined>;
  #next = 0;
  #taking: Promise<void> | undefined;

  /**
   * @param takeBlock counts the store's counter up by one, if nobody else does meanwhile: the block is the number that
   *   it had, 1 or more; undefined if somebody did
   */
  constructor(takeBlock: () => Promise<number | undefined>) {
    this.#takeBlock = takeBlock;
  }

  /** A number that no other instance gives, at no time. */
  async next(): Promise<number> {
    while (this.#next % perBlock === 0) await (this.#taking ??= this.#take());
    return this.#next++;
  }

  async #take(): Promise<void> {
    try {
      const block = await this.#takeBlock();
      if (block !== undefined) this.#next = block * perBlock + 1;
    } finally {
      this.#taking = undefined;
    }
  }
}
