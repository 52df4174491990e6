import { describeValue, type Lock, type LockOptions, type PersistDriver, PersistError } from '@sandkeep/persist-api';

/** The locks that one item store holds, by the token of each. */
export class ItemLocks {
  readonly #held = new Map<string, Lock>();

  /** Takes a lock. @returns its token: the id of the holder, which nobody else has */
  async take(driver: PersistDriver, name: string, options: LockOptions): Promise<string> {
    const lock = await driver.lock(name, options);
    this.#held.set(lock.holder.id, lock);
    return lock.holder.id;
  }

  /** The lock that is held under a token; undefined if there is none. */
  get(token: string): Lock | undefined {
    return this.#held.get(token);
  }

  /**
   * Gives a lock up.
   * @throws `INVALID_ARGUMENT` for a token that is unknown, was given back, or is that of another lock, which stays held
   * @throws `LOCK_LOST` if it is known that the lease had run out, or was broken: others may have held the lock meanwhile
   */
  async giveBack(name: string, token: string): Promise<void> {
    const lock = this.#held.get(token);
    if (lock === undefined) throw refuse(token, 'no lock is held under it');
    if (lock.name !== name) throw refuse(token, `it is the token of ${lock.name}`);
    this.#held.delete(token);
    try {
      await lock.release();
    } catch (error) {
      this.#held.set(token, lock);
      throw error;
    }
    lock.signal.throwIfAborted();
  }

  /** Gives all locks up. A lease that cannot be reached any more runs out. */
  async giveBackAll(): Promise<void> {
    const locks = [...this.#held.values()];
    this.#held.clear();
    await Promise.allSettled(locks.map((lock) => lock.release()));
  }
}

function refuse(token: unknown, reason: string): PersistError {
  return new PersistError('INVALID_ARGUMENT', `token ${describeValue(token)} is not valid here: ${reason}`);
}
