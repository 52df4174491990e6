import { importPeer } from './import-peer.js';

/** The lock of the `redlock` package on one server. */
export interface RedlockPeer {
  /** Tries again, after waits of its own, until it gets the lock. */
  acquire(name: string): Promise<{ release(): Promise<unknown> }>;
  close(): Promise<unknown>;
}

export const redlockLacks =
  'no fence, no shared mode; renewed by itself only in its using(); nobody knows who waits, so waiters ask again and again';

/** @param retryDelayMs how long it waits between two tries; its default is 200 */
export async function openRedlock(port: number, retryDelayMs?: number): Promise<RedlockPeer> {
  interface Client {
    quit(): Promise<unknown>;
  }
  interface Redlock {
    acquire(names: string[], durationMs: number): Promise<{ release(): Promise<unknown> }>;
  }
  const { Redis } = await importPeer<{ Redis: new (port: number) => Client }>('ioredis');
  const { default: Redlock } = await importPeer<{ default: new (clients: Client[], options: object) => Redlock }>(
    'redlock',
  );
  const client = new Redis(port);
  const retry = retryDelayMs === undefined ? {} : { retryDelay: retryDelayMs, retryJitter: retryDelayMs / 2 };
  const redlock = new Redlock([client], { retryCount: -1, ...retry });
  return { acquire: (name) => redlock.acquire([name], 5_000), close: () => client.quit() };
}
