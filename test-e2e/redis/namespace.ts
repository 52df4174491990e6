import { randomBytes } from 'node:crypto';
import { driver as module, type RedisOptions } from '@sandkeep/persist-redis';
import { Cluster, Redis } from 'ioredis';

/** What `url` and `more` stand for, in a namespace that nobody else uses. */
export function freshOptions(url: string, more: RedisOptions = {}): RedisOptions {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  return { ...(module.fromUrl(url) as RedisOptions), namespace, ...more };
}

/** A plain client with the same options. The caller disconnects it. */
export function plainClient({
  host,
  port,
  username,
  password,
  sentinels,
  master,
  cluster,
}: RedisOptions): Redis | Cluster {
  const auth = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  const node = (one: { host: string; port?: number | undefined }, port: number) => ({
    host: one.host,
    port: one.port ?? port,
  });
  const client =
    cluster !== undefined
      ? new Cluster(
          cluster.map((one) => node(one, 6379)),
          { redisOptions: auth },
        )
      : sentinels !== undefined
        ? new Redis({ sentinels: sentinels.map((one) => node(one, 26_379)), name: master ?? '', ...auth })
        : new Redis({ host: host ?? 'localhost', port: port ?? 6379, ...auth });
  client.on('error', () => {});
  return client;
}

/** Removes every key of the namespace. */
export function dropNamespace(options: RedisOptions): Promise<void> {
  return eachKey(options, async (node, keys) => {
    await Promise.all(keys.map((key) => node.unlink(key)));
  });
}

/** What each server keeps below the namespace of the options for good: not what it removes by itself, after a while. */
export async function lastingKeysOf(options: RedisOptions): Promise<string[]> {
  const lasting: string[] = [];
  await eachKey(options, async (node, keys) => {
    for (const key of keys) if ((await node.pttl(key)) === -1) lasting.push(key);
  });
  return lasting;
}

async function eachKey(
  options: RedisOptions,
  act: (node: Redis, keys: readonly string[]) => Promise<void>,
): Promise<void> {
  const client = plainClient(options);
  try {
    await client.ping();
    const nodes = client.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
    for (const node of nodes) {
      for await (const keys of node.scanStream({ match: `{${options.namespace}*`, count: 1000 })) {
        await act(node, keys as string[]);
      }
    }
  } finally {
    client.disconnect();
  }
}
