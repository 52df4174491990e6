/** The longest time that a timer takes. */
const foreverMs = 2 ** 31 - 1;

/** Lets one at a time wait for something to happen. */
export class WakeUp {
  #happened = false;
  #wake: (() => void) | undefined;

  /** Something happened: whoever waits, or waits next, goes on. */
  ring(): void {
    this.#happened = true;
    this.#wake?.();
  }

  /**
   * Waits until something has happened since the last time, or for `ms`; forever, if undefined. Keeps the process alive.
   * @throws the signal's reason
   */
  async wait(ms: number | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const timer = setTimeout(wake, ms ?? foreverMs);
    signal.addEventListener('abort', wake);
    this.#wake = wake;
    try {
      if (!this.#happened) await woken;
    } finally {
      this.#happened = false;
      this.#wake = undefined;
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
    }
    signal.throwIfAborted();
  }
}
