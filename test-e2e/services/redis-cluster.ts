import type { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { RedisServer } from './redis-server.js';

const slots = 16_384;

/** Three masters with one replica each. */
export class RedisCluster {
  /** The masters of the beginning, then their replicas in the same order. */
  readonly servers: readonly RedisServer[];

  private constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
  }

  static async start(): Promise<RedisCluster> {
    const buses = await Promise.all(Array.from({ length: 6 }, () => freePort()));
    const servers = await Promise.all(
      buses.map((bus) => RedisServer.start({ persistence: 'everysec', args: nodeArgs(bus) })),
    );
    const cluster = new RedisCluster(servers);
    const clients = servers.map((server) => server.client());
    try {
      await form(servers, buses, clients);
    } finally {
      for (const client of clients) client.disconnect();
    }
    await cluster.ready();
    return cluster;
  }

  get url(): string {
    return `redis+cluster://${this.servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** Those of the servers that are masters now. */
  async masters(servers = this.servers): Promise<RedisServer[]> {
    const roles = await Promise.all(
      servers.map((server) =>
        this.#with(server, async (client) => /role:master/.test(await client.info('replication'))),
      ),
    );
    return servers.filter((_, index) => roles[index]);
  }

  /** Makes every replica a master, and every master its replica, without losing anything. */
  async swapRoles(): Promise<void> {
    const before = await this.masters();
    for (const replica of this.servers.filter((server) => !before.includes(server))) {
      await eventually('the replica to become a master', async () => {
        await this.#with(replica, (client) => client.cluster('FAILOVER'));
        return eventually('that', async () => (await this.masters([replica])).length === 1, 6_000);
      });
    }
    await this.ready();
  }

  /** Waits until every slot is served, every master has its replica, and every node says so. */
  async ready(): Promise<void> {
    await eventually('the Cluster', async () => {
      const views = await Promise.all(
        this.servers.map((server) =>
          this.#with(server, async (client) => {
            const info = String(await client.cluster('INFO'));
            if (!/cluster_state:ok/.test(info) || !/cluster_known_nodes:6/.test(info)) return false;
            const replication = await client.info('replication');
            return /role:master/.test(replication)
              ? /state=online/.test(replication)
              : /master_link_status:up/.test(replication);
          }),
        ),
      );
      return views.every(Boolean);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
  }

  async #with<T>(server: RedisServer, use: (client: Redis) => Promise<T>): Promise<T> {
    const client = server.client();
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  }
}

function nodeArgs(bus: number): string[] {
  const cluster = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-port', String(bus)];
  return [...cluster, '--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
}

async function form(
  servers: readonly RedisServer[],
  buses: readonly number[],
  clients: readonly Redis[],
): Promise<void> {
  const first = clients[0] as Redis;
  for (const [index, client] of clients.entries()) {
    await client.call('cluster', 'set-config-epoch', index + 1);
    if (index >= 3) continue;
    const from = Math.ceil((index * slots) / 3);
    await client.call('cluster', 'addslotsrange', from, Math.ceil(((index + 1) * slots) / 3) - 1);
  }
  for (const [index, { port }] of servers.entries()) {
    if (index > 0) await first.call('cluster', 'meet', '127.0.0.1', port, buses[index] as number);
  }
  const ids = await Promise.all(clients.map(async (client) => String(await client.call('cluster', 'myid'))));
  await eventually('the nodes of the Cluster', async () => {
    const known = await Promise.all(clients.map(async (client) => String(await client.call('cluster', 'nodes'))));
    return known.every((nodes) => ids.every((id) => nodes.includes(id)));
  });
  for (const index of [3, 4, 5]) await clients[index]?.call('cluster', 'replicate', ids[index - 3] as string);
}
