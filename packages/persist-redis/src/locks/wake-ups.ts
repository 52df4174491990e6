import type { Redis } from 'ioredis';
import type { Connection } from '../connection.js';
import { newId } from '../new-id.js';

/** How long a subscription may take before waiters go on without it, in milliseconds. */
const subscribeMs = 1_000;

/** What the server says to a waiter when it grants it the lock. */
export interface HandOver {
  /** The number of the waiter's call that the server had heard latest. */
  readonly ask: number;
  readonly fence: number;
  /** For how long after that call the waiter holds the lock, in milliseconds. */
  readonly leaseMs: number;
}

/**
 * Hears, on one channel of this instance, whose turn it is. The connection is made by the first that
 * has to wait. Without it, waiters only ask less often than they could.
 */
export class WakeUps {
  readonly channel: string;
  readonly #connection: Connection;
  readonly #turns = new Map<string, Turn>();
  #subscriber: Redis | undefined;
  #subscribed: Promise<void> | undefined;

  constructor(connection: Connection, prefix: string) {
    this.#connection = connection;
    this.channel = `${prefix}wake}:${newId()}`;
  }

  /** From now on hears what is said to this waiter, until it is forgotten. */
  turnOf(id: string): Turn {
    const turn = new Turn();
    this.#turns.set(id, turn);
    return turn;
  }

  forget(id: string): void {
    this.#turns.delete(id);
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
      subscriber.on('message', (_channel, message) => {
        const [id = '', ask, fence, leaseMs] = message.split(' ');
        this.#turns.get(id)?.wake({ ask: Number(ask), fence: Number(fence), leaseMs: Number(leaseMs) });
      });
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

/** One waiter's turn. */
export class Turn {
  #heard: HandOver | undefined;
  #wake: ((handOver: HandOver) => void) | undefined;

  wake(handOver: HandOver): void {
    if (this.#wake === undefined) this.#heard = handOver;
    else this.#wake(handOver);
  }

  /** Resolves when the server says that it is this waiter's turn; after `ms`, with undefined. */
  come(ms: number, signal: AbortSignal): Promise<HandOver | undefined> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const heard = this.#heard;
      this.#heard = undefined;
      if (heard !== undefined) return resolve(heard);
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#wake = undefined;
      };
      const abort = () => {
        end();
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        end();
        resolve(undefined);
      }, ms);
      signal.addEventListener('abort', abort, { once: true });
      this.#wake = (handOver) => {
        end();
        resolve(handOver);
      };
    });
  }
}
