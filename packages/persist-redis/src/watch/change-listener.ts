import { PersistError } from '@sandkeep/persist-api';
import type { Redis } from 'ioredis';
import { connectionError, isServerAnswer, serverError } from '../errors.js';

/** How often it is made sure that the connection still hears, in milliseconds. */
const probeMs = 2_000;

export interface ListenerEvents {
  onMessage(message: string): void;
  /** Messages may be missed from now on. Called once. */
  onLost(): void;
}

/** Hears what is published on some channels over one connection, until that is lost. */
export class ChangeListener {
  readonly #client: Redis;
  readonly #tls: boolean;
  readonly #events: ListenerEvents;
  #probe: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param client a connection for it alone, not connected yet */
  constructor(client: Redis, tls: boolean, events: ListenerEvents) {
    this.#client = client;
    this.#tls = tls;
    this.#events = events;
  }

  /**
   * Resolves when everything is heard that is published from now on.
   * @param sharded whether the channels are those of SPUBLISH
   * @throws `UNAVAILABLE`, `PERMISSION_DENIED`
   */
  async listen(channels: readonly string[], sharded: boolean): Promise<void> {
    const client = this.#client;
    let lastError: Error | undefined;
    client.on('error', (error: Error) => {
      lastError = error;
    });
    client.on(sharded ? 'smessage' : 'message', (_channel: string, message: string) => this.#events.onMessage(message));
    client.on('close', () => this.#lose());
    // A slot of a Cluster that moves away takes the subscriptions of its channels with it.
    client.on('moved', () => this.#lose());
    try {
      await client.connect();
      // Channels of a Cluster are in slots: one call cannot name several.
      await Promise.all(channels.map((channel) => (sharded ? client.ssubscribe(channel) : client.subscribe(channel))));
      if (this.#closed) throw new Error('the connection was closed');
    } catch (error) {
      this.close();
      throw failure(isServerAnswer(error) ? error : (lastError ?? (error as Error)), this.#tls);
    }
    // A connection that does not answer is cut by the client.
    this.#probe = setInterval(() => void client.ping().catch(() => {}), probeMs).unref();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#probe);
    this.#client.disconnect();
  }

  #lose(): void {
    if (this.#closed) return;
    this.close();
    this.#events.onLost();
  }
}

function failure(error: Error, tls: boolean): PersistError {
  if (!isServerAnswer(error)) return connectionError(error, tls);
  if (!error.message.startsWith('MOVED ')) return serverError(error);
  return new PersistError('UNAVAILABLE', `the Cluster has moved a channel (${error.message})`, { cause: error });
}
