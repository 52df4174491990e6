import { setTimeout as delay } from 'node:timers/promises';

/** The share of a call's time after which no change is sent any more: the rest is for finding out what became of it. */
const changeShare = 0.75;

/**
 * The share of a call's time, and the milliseconds at most, that there must be for one more try: one that is begun
 * too late is likely to be cut off, and what was known to have had no effect would become unknown.
 */
const tryShare = 0.1;
const tryMs = 1_000;

/** The time was up before the server answered. */
export class NoAnswer extends Error {}

/** The time of one call, in which it may try more than once, and the caller's signal. */
export class CallTime {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly #startedAt = performance.now();
  #pauses = 0;

  constructor(timeoutMs: number, signal: AbortSignal | undefined) {
    this.timeoutMs = timeoutMs;
    this.signal = signal;
  }

  /** Milliseconds in which a change may still be under way. */
  get leftForChange(): number {
    return this.#startedAt + this.timeoutMs * changeShare - performance.now();
  }

  /** Milliseconds until the call must end. */
  get left(): number {
    return this.#startedAt + this.timeoutMs - performance.now();
  }

  /**
   * Waits before another try, longer each time, and at random, so that those who collided do not collide again.
   * @param left the time in which that try has to begin
   * @param most the longest pause
   * @returns false at once if there is too little
   * @throws the signal's reason
   */
  async pause(left: number = this.left, most = 1_000): Promise<boolean> {
    const ms = Math.min(10 * 2 ** this.#pauses, most) * (0.5 + Math.random() / 2);
    if (ms + Math.min(this.timeoutMs * tryShare, tryMs) >= left) return false;
    this.#pauses += 1;
    await delay(ms, undefined, { signal: this.signal }).catch(() => {});
    this.signal?.throwIfAborted();
    return true;
  }

  /**
   * Runs one try.
   * @param ms how long it may take
   * @throws {@link NoAnswer} when it took longer; the signal's reason as soon as that aborts
   */
  async limit<T>(ms: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this;
    signal?.throwIfAborted();
    const controller = new AbortController();
    return new Promise((resolve, reject) => {
      const end = (reason: unknown) => {
        reject(reason);
        controller.abort(reason);
      };
      const abort = () => end(signal?.reason);
      const timer = setTimeout(() => end(new NoAnswer()), Math.max(1, ms));
      signal?.addEventListener('abort', abort, { once: true });
      run(controller.signal)
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
        });
    });
  }
}
