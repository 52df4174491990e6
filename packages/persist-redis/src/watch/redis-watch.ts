import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  isPersistError,
  type ListedVersion,
  PersistError,
  type Version,
  type WatchFeed,
  type WatchSource,
} from '@sandkeep/persist-api';
import type { Cluster, Redis } from 'ioredis';
import type { Connection } from '../connection.js';
import type { Keyspace } from '../keyspace.js';
import { listIndex } from '../list-index.js';
import { versionIn, versionRange } from '../scripts/history.js';
import { publishCommandScript } from '../scripts/publish-change.js';
import type { ServerCalls } from '../server-calls.js';
import { ServerCommand } from '../server-command.js';
import { ChangeListener } from './change-listener.js';

/** How many versions are asked for at a time. */
const batchSize = 200;
/** Between tries to subscribe, in milliseconds. */
const pauseMs = 50;

export interface RedisWatchParts {
  readonly connection: Connection;
  readonly calls: ServerCalls;
  readonly keyspace: Keyspace;
  readonly prefix: string;
}

/** Hears what the scripts publish that change documents. A lost connection means listing again. */
export class RedisWatch implements WatchSource {
  readonly #parts: RedisWatchParts;
  #listeners: ChangeListener[] = [];
  #listening = false;
  #closed = false;

  constructor(parts: RedisWatchParts) {
    this.#parts = parts;
  }

  async *list(feed: WatchFeed, aborted: AbortSignal): AsyncGenerator<ListedVersion, void, undefined> {
    const signal = AbortSignal.any([aborted]);
    setMaxListeners(batchSize, signal);
    if (!this.#listening) await this.#listen(feed, signal);
    const { calls, keyspace, prefix } = this.#parts;
    let batch: string[] = [];
    for await (const key of listIndex(calls, keyspace.indexes(), { prefix, signal })) {
      batch.push(key);
      if (batch.length < batchSize) continue;
      yield* await this.#versions(batch, signal);
      batch = [];
    }
    yield* await this.#versions(batch, signal);
  }

  close(): void {
    this.#closed = true;
    this.#end();
  }

  #end(): void {
    this.#listening = false;
    for (const listener of this.#listeners.splice(0)) listener.close();
  }

  /** Subscribes, and tries that again for as long as a call may take. */
  async #listen(feed: WatchFeed, signal: AbortSignal): Promise<void> {
    const until = performance.now() + this.#parts.calls.timeoutMs;
    for (;;) {
      try {
        return await this.#tryToListen(feed, signal);
      } catch (error) {
        this.#end();
        signal.throwIfAborted();
        if (!isPersistError(error) || !error.retryable || performance.now() + pauseMs > until) throw error;
      }
      await delay(pauseMs, undefined, { signal }).catch(() => {});
      signal.throwIfAborted();
    }
  }

  async #tryToListen(feed: WatchFeed, signal: AbortSignal): Promise<void> {
    const { connection, calls, keyspace } = this.#parts;
    const channels = keyspace.indexes();
    const sharded = (await calls.script(publishCommandScript, channels.slice(0, 1), [], { signal })) === 'SPUBLISH';
    if (this.#closed) return;
    const events = {
      onMessage: (message: string) => tell(message, feed),
      onLost: () => {
        this.#end();
        feed.missed();
      },
    };
    const listening = [...nodesOf(connection, channels, sharded)].map(([node, itsChannels]) => {
      const listener = new ChangeListener(connection.listener(node), connection.tls, events);
      this.#listeners.push(listener);
      return listener.listen(itsChannels, sharded);
    });
    const timer = setTimeout(() => this.#end(), calls.timeoutMs);
    try {
      await Promise.all(listening);
    } finally {
      clearTimeout(timer);
      await Promise.allSettled(listening);
    }
    this.#listening = this.#listeners.length > 0;
    if (!this.#listening && !this.#closed) throw new PersistError('UNAVAILABLE', 'the subscription was lost at once');
  }

  async #versions(keys: readonly string[], signal: AbortSignal): Promise<ListedVersion[]> {
    const { calls, keyspace } = this.#parts;
    const found = await Promise.all(
      keys.map(async (key): Promise<ListedVersion | undefined> => {
        try {
          const args = [keyspace.document(key), ...versionRange];
          const opening = (await calls.read('getrange', args, 'utf8', { signal })) as string;
          return opening === '' ? undefined : { key, version: versionIn(opening) };
        } catch (error) {
          if (!isPersistError(error, 'CORRUPT')) throw error;
          return { key, version: undefined };
        }
      }),
    );
    return found.filter((one) => one !== undefined);
  }
}

/** See `publishChange`. */
function tell(message: string, feed: WatchFeed): void {
  const space = message.indexOf(' ');
  const version: Version = message.slice(0, space);
  const key = message.slice(space + 1);
  feed.tell(version === '' ? { key, type: 'removed' } : { key, type: 'written', version });
}

/**
 * Which node to ask for which channels. What a node publishes is sure to be heard on a connection to that
 * node only: between the nodes of a Cluster messages can get lost, and nobody would be told.
 */
function nodesOf(
  { client, masters }: Connection,
  channels: readonly string[],
  sharded: boolean,
): Map<Redis, readonly string[]> {
  if (!client.isCluster) return new Map([[client as Redis, channels]]);
  if (masters.length === 0) throw new PersistError('UNAVAILABLE', 'no master of the Cluster is known');
  if (!sharded) return new Map(masters.map((master) => [master, channels]));
  const { slots } = client as Cluster;
  const nodes = new Map<Redis, string[]>();
  for (const channel of channels) {
    const [owner] = slots[new ServerCommand('get', [channel], 'utf8').getSlot() ?? -1] ?? [];
    const node = masters.find(({ options }) => `${options.host}:${options.port}` === owner);
    if (node === undefined) throw new PersistError('UNAVAILABLE', `no node of the Cluster is known to have ${channel}`);
    nodes.set(node, [...(nodes.get(node) ?? []), channel]);
  }
  return nodes;
}
