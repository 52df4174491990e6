import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Connection } from '../connection.js';

/** How long a subscription may take before waiters go on without it, in milliseconds. */
const subscribeMs = 1_000;

/** One waiter's turn. */
export interface Turn {
  /** Resolves when the server says that it is this waiter's turn, and at the latest after `ms`. */
  come(ms: number, signal: AbortSignal): Promise<void>;
  cancel(): void;
}

/**
 * Hears, on one channel of this instance, whose turn it is. The connection is made by the first that
 * has to wait. Without it, waiters only ask less often than they could.
 */
export class WakeUps {
  readonly channel: string;
  readonly #connection: Connection;
  readonly #waiters = new Map<string, Waiter>();
  #subscriber: Redis | undefined;
  #subscribed: Promise<void> | undefined;

  constructor(connection: Connection, prefix: string) {
    this.#connection = connection;
    this.channel = `${prefix}wake}:${randomBytes(12).toString('base64url')}`;
  }

  turnOf(id: string): Turn {
    const waiter = new Waiter();
    this.#waiters.set(id, waiter);
    return {
      come: (ms, signal) => waiter.come(ms, signal),
      cancel: () => this.#waiters.delete(id),
    };
  }

  /** Listens from now on. True if it did not before: whatever was said until now was missed. */
  async listen(signal: AbortSignal): Promise<boolean> {
    if (this.#subscriber?.status === 'ready' && this.#subscribed === undefined) return false;
    this.#subscribed ??= this.#subscribe().finally(() => {
      this.#subscribed = undefined;
    });
    await this.#subscribed;
    signal.throwIfAborted();
    return this.#subscriber?.status === 'ready';
  }

  close(): void {
    this.#subscriber?.disconnect();
    this.#subscriber = undefined;
  }

  async #subscribe(): Promise<void> {
    if (this.#subscriber !== undefined && this.#subscriber.status !== 'end') return;
    let timer: NodeJS.Timeout | undefined;
    try {
      const subscriber = this.#connection.subscriber();
      this.#subscriber = subscriber;
      subscriber.on('message', (_channel, id) => this.#waiters.get(id)?.wake());
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, subscribeMs);
      });
      const ready = subscriber.subscribe(this.channel).then(
        () => {},
        () => {},
      );
      await Promise.race([ready, late]);
    } catch {
      this.#subscriber = undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}

class Waiter {
  #woken = false;
  #wake: (() => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  come(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#wake = undefined;
        this.#woken = false;
      };
      const abort = () => {
        end();
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        end();
        resolve();
      }, ms);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#wake = () => {
        end();
        resolve();
      };
      if (this.#woken) this.#wake();
    });
  }
}
