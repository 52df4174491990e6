import { isPersistError, type Lock, type LockHolder, type LockMode, PersistError } from '@sandkeep/persist-api';
import { releaseLockScript } from '../scripts/release-lock.js';
import { renewLockScript } from '../scripts/renew-lock.js';
import type { ServerCalls } from '../server-calls.js';

export interface Grant {
  readonly name: string;
  readonly holder: LockHolder;
  readonly fence: number;
  readonly ttlMs: number;
  /** When the request was sent that was granted, by `performance.now()`: the lease began no earlier. */
  readonly sentAt: number;
  readonly calls: ServerCalls;
  readonly keys: string[];
  readonly onEnd: () => void;
}

/**
 * A granted lease. It counts the lease from when its request was sent, so it takes itself for the
 * holder no longer than the server does.
 */
export class RedisLock implements Lock {
  readonly #grant: Grant;
  readonly #lost = new AbortController();
  #end: number;
  #timer: NodeJS.Timeout | undefined;
  #released: Promise<void> | undefined;

  constructor(grant: Grant) {
    this.#grant = grant;
    this.#end = grant.sentAt + grant.ttlMs;
    this.#renewIn(grant.ttlMs / 3);
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
    return this.#lost.signal;
  }

  release(): Promise<void> {
    this.#released ??= this.#release().catch((error) => {
      this.#released = undefined;
      throw Object.assign(error, { driver: 'redis', operation: 'release', key: this.name });
    });
    return this.#released;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #release(): Promise<void> {
    clearTimeout(this.#timer);
    const { calls, keys, name, holder, onEnd } = this.#grant;
    try {
      if (!this.signal.aborted) await calls.script(releaseLockScript, keys, [name, holder.id]);
    } finally {
      onEnd();
    }
  }

  #renewIn(ms: number): void {
    this.#timer = setTimeout(() => void this.#renew(), Math.max(0, ms)).unref();
  }

  async #renew(): Promise<void> {
    const { calls, keys, name, holder, ttlMs } = this.#grant;
    const sentAt = performance.now();
    const left = this.#end - sentAt;
    if (left <= 0) return this.#lose('its lease ran out before it could be renewed');
    try {
      const renewed = await calls.script(renewLockScript, keys, [name, holder.id, `${ttlMs}`], { timeoutMs: left });
      if (this.#released !== undefined) return;
      if (Number(renewed) === 0) return this.#lose('its lease ran out, or it was taken away');
      this.#end = sentAt + ttlMs;
      this.#renewIn(ttlMs / 3);
    } catch (error) {
      if (this.#released !== undefined) return;
      if (performance.now() >= this.#end) return this.#lose('it could not be renewed in time', error);
      this.#renewIn(Math.min(ttlMs / 10, this.#end - performance.now()));
    }
  }

  #lose(reason: string, cause?: unknown): void {
    const { name, onEnd } = this.#grant;
    onEnd();
    const options = { driver: 'redis', operation: 'lock', key: name, ...(isPersistError(cause) ? { cause } : {}) };
    this.#lost.abort(new PersistError('LOCK_LOST', `the lock ${name} is lost: ${reason}`, options));
  }
}
