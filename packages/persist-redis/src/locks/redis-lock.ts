import { isPersistError, type Lock, type LockHolder, type LockMode, PersistError } from '@sandkeep/persist-api';
import { releaseLockScript } from '../scripts/release-lock.js';
import { renewLockScript } from '../scripts/renew-lock.js';
import type { ServerCalls } from '../server-calls.js';

export interface Grant {
  readonly name: string;
  readonly holder: LockHolder;
  readonly fence: number;
  readonly ttlMs: number;
  /** When the lease ends unless it is renewed, by `performance.now()`: no later than the server has it. */
  readonly end: number;
  /** Whether the lease is whole. One that was handed over is renewed at once: it may be shorter. */
  readonly isWhole: boolean;
  readonly keys: string[];
}

/**
 * A granted lease. It counts the lease from when its request was sent, so it takes itself for the
 * holder no longer than the server does.
 */
export class RedisLock implements Lock {
  readonly #grant: Grant;
  readonly #calls: ServerCalls;
  readonly #held: Set<RedisLock>;
  #controller: AbortController | undefined;
  #loss: PersistError | undefined;
  #end: number;
  #timer: NodeJS.Timeout | undefined;
  #released: Promise<void> | undefined;

  /** @param held the lock leaves it by itself once it is released or lost */
  constructor(grant: Grant, calls: ServerCalls, held: Set<RedisLock>) {
    this.#grant = grant;
    this.#calls = calls;
    this.#held = held;
    this.#end = grant.end;
    if (grant.isWhole) this.#renewIn(grant.ttlMs / 3);
    else void this.#renew();
  }

  get name(): string {
    return this.#grant.name;
  }

  get mode(): LockMode {
    return this.#grant.holder.mode;
  }

  get holder(): LockHolder {
    return this.#grant.holder;
  }

  get fence(): number {
    return this.#grant.fence;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#loss !== undefined) this.#controller.abort(this.#loss);
    }
    return this.#controller.signal;
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #release(): Promise<void> {
    clearTimeout(this.#timer);
    const { keys, name, holder } = this.#grant;
    try {
      if (this.#loss === undefined) await this.#calls.script(releaseLockScript, keys, [name, holder.id]);
    } catch (error) {
      this.#released = undefined;
      throw Object.assign(error as Error, { driver: 'redis', operation: 'release', key: name });
    } finally {
      this.#held.delete(this);
    }
  }

  /** Renews after `ms`, or finds out at its end that the lease is lost. */
  #renewIn(ms: number): void {
    const left = this.#end - performance.now();
    this.#timer = setTimeout(() => void this.#renew(), Math.max(0, Math.min(ms, left))).unref();
  }

  async #renew(): Promise<void> {
    const { keys, name, holder, ttlMs } = this.#grant;
    const sentAt = performance.now();
    const left = this.#end - sentAt;
    if (left <= 0) return this.#lose('its lease ran out before it could be renewed');
    try {
      const args = [name, holder.id, `${Math.ceil(ttlMs)}`, JSON.stringify(holder)];
      const renewed = await this.#calls.script(renewLockScript, keys, args, { timeoutMs: left });
      if (this.#released !== undefined) return;
      if (Number(renewed) === 0) return this.#lose('its lease ran out, or it was taken away');
      this.#end = sentAt + ttlMs;
      this.#renewIn(ttlMs / 3);
    } catch (error) {
      if (this.#released !== undefined) return;
      if (performance.now() >= this.#end) return this.#lose('it could not be renewed in time', error);
      this.#renewIn(ttlMs / 10);
    }
  }

  #lose(reason: string, cause?: unknown): void {
    const { name } = this.#grant;
    this.#held.delete(this);
    const options = { driver: 'redis', operation: 'lock', key: name, ...(isPersistError(cause) ? { cause } : {}) };
    this.#loss = new PersistError('LOCK_LOST', `the lock ${name} is lost: ${reason}`, options);
    this.#controller?.abort(this.#loss);
  }
}
