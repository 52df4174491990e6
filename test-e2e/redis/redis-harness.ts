import { crc32 } from 'node:zlib';
import type { Damage, Disturbance, Harness } from '@sandkeep/persist-conformance';
import { openRedisDriver, type RedisOptions } from '@sandkeep/persist-redis';
import type { Cluster, Redis } from 'ioredis';
import { FaultProxy } from '../services/fault-proxy.js';
import { loseAnswers } from '../services/lose-answers.js';
import { dropNamespace, freshOptions, lastingKeysOf, plainClient } from './namespace.js';
import { refuseOwnUser, removeOwnUser, withOwnUser } from './refused-user.js';

export interface RedisHarnessOptions {
  readonly name: string;
  readonly url: string;
  /** Put a proxy of its own before each storage: a single server's only. */
  readonly proxied?: boolean;
  /** Give each storage a user of its own, whom the servers can be made to refuse. */
  readonly ownUser?: boolean;
  /** More options of the driver. */
  readonly options?: RedisOptions;
}

/** The conformance suite's view of a Redis. Its cases do not disturb each other: they may run at the same time. */
export function redisHarness({
  name,
  url,
  proxied,
  ownUser,
  options = {},
}: RedisHarnessOptions): Harness<RedisOptions> {
  const proxies = new Map<RedisOptions, FaultProxy>();
  const { host, port, password } = freshOptions(url);
  return {
    name,
    create: async () => {
      const location = freshOptions(url, { commandTimeoutMs: 5_000, ...options });
      if (ownUser) return withOwnUser(location);
      if (!proxied) return location;
      const proxy = await FaultProxy.start(port ?? 6379, host);
      const through = { ...location, host: '127.0.0.1', port: proxy.port };
      proxies.set(through, proxy);
      return through;
    },
    open: (location) => openRedisDriver(location),
    openPeer: (location) => openRedisDriver(location),
    openInProcess: (location) => ({
      module: new URL('workers/open.js', import.meta.url).href,
      config: location,
    }),
    openWithClient: async ({ namespace, ...location }) => {
      const client = plainClient(location);
      const driver = await openRedisDriver({ client, ...(namespace === undefined ? {} : { namespace }) });
      return { driver, ping: () => client.ping(), end: async () => client.disconnect() };
    },
    corrupt,
    leftOvers: async (location) =>
      (await lastingKeysOf(location)).filter((key) => !/(:store|}:([ikf]|[dhl]:.*))$/.test(key)),
    disturbances: (location) => [scriptFlush(location), ...cutConnections(proxies.get(location))],
    dispose: async (location) => {
      await dropNamespace(location);
      if (ownUser) await removeOwnUser(location);
      await proxies.get(location)?.close();
      proxies.delete(location);
    },
    ...(ownUser ? { failStorage: refuseOwnUser, secrets: ({ password: own = '' }: RedisOptions) => [own] } : {}),
    ...(password === undefined ? {} : { secrets: () => [password] }),
    ...(proxied
      ? {
          failStorage: async (location: RedisOptions) => {
            const proxy = proxies.get(location) as FaultProxy;
            proxy.refusing = true;
            proxy.cut();
            return async () => {
              proxy.refusing = false;
            };
          },
          loseAnswers: async (location: RedisOptions, every: number) =>
            loseAnswers(proxies.get(location) as FaultProxy, every),
        }
      : {}),
  };
}

/** Every server forgets its scripts. */
export function scriptFlush(location: RedisOptions): Disturbance {
  return {
    name: 'SCRIPT FLUSH',
    seamless: true,
    act: async () => {
      const client = plainClient(location);
      try {
        await client.ping();
        const nodes = client.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
        await Promise.all(nodes.map((node) => node.script('FLUSH')));
      } finally {
        client.disconnect();
      }
    },
  };
}

function cutConnections(proxy: FaultProxy | undefined): Disturbance[] {
  return proxy === undefined ? [] : [{ name: 'a cut connection', seamless: true, act: async () => proxy.cut() }];
}

async function corrupt(location: RedisOptions, key: string, damage: Damage): Promise<void> {
  const client = plainClient(location);
  try {
    const document = `{${location.namespace}:${crc32(key) % 16}}:d:${key}`;
    const stored = await client.getBuffer(document);
    if (stored === null) throw new Error(`no document ${document}`);
    const start = stored.indexOf('\n') + 1;
    await client.set(document, Buffer.concat([stored.subarray(0, start), damaged(stored.subarray(start), damage)]));
  } finally {
    client.disconnect();
  }
}

function damaged(data: Buffer, damage: Damage): Buffer {
  switch (damage) {
    case 'empty':
      return Buffer.alloc(0);
    case 'truncated':
      return data.subarray(0, data.length >> 1);
    case 'zeroed':
      return Buffer.alloc(data.length);
    case 'bit-flipped': {
      const flipped = Buffer.from(data);
      flipped[data.length >> 1] = (flipped[data.length >> 1] ?? 0) ^ 1;
      return flipped;
    }
  }
}
