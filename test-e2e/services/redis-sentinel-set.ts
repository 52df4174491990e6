import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { redisServerBinary } from './redis-binary.js';
import { RedisServer } from './redis-server.js';
import { WatchedProcess, watchedDirectory } from './watched-process.js';

const masterName = 'sandkeep';

/** One master, two replicas, and three Sentinels that put a replica in the master's place within seconds. */
export class RedisSentinelSet {
  readonly servers: readonly RedisServer[];
  readonly #sentinels: readonly WatchedProcess[];
  readonly #ports: readonly number[];

  private constructor(servers: readonly RedisServer[], sentinels: readonly WatchedProcess[], ports: readonly number[]) {
    this.servers = servers;
    this.#sentinels = sentinels;
    this.#ports = ports;
  }

  static async start(): Promise<RedisSentinelSet> {
    const common = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
    const master = await RedisServer.start({ persistence: 'everysec', args: common });
    const replicaArgs = [...common, '--replicaof', `127.0.0.1 ${master.port}`];
    const replica = () => RedisServer.start({ persistence: 'everysec', args: replicaArgs });
    const replicas = await Promise.all([replica(), replica()]);
    const ports = [await freePort(), await freePort(), await freePort()];
    const sentinels = ports.map((port) => startSentinel(port, master.port));
    const set = new RedisSentinelSet([master, ...replicas], sentinels, ports);
    await set.ready();
    return set;
  }

  get url(): string {
    return `redis+sentinel://${this.#ports.map((port) => `127.0.0.1:${port}`).join(',')}/${masterName}`;
  }

  /** The server that the Sentinels take for the master. */
  async master(): Promise<RedisServer> {
    const address = await this.#ask((sentinel) => sentinel.call('sentinel', 'get-master-addr-by-name', masterName));
    const found = this.servers.find(({ port }) => String(port) === (address as string[])[1]);
    if (found === undefined) throw new Error(`the Sentinels name an unknown master: ${address}`);
    return found;
  }

  /** Waits until the master has both replicas, in step with it, and every Sentinel knows them and the others. */
  async ready(): Promise<void> {
    await eventually('the Sentinel set', async () => {
      const client = (await this.master()).client();
      try {
        const info = await client.info('replication');
        if (!/role:master/.test(info) || (info.match(/state=online/g) ?? []).length !== 2) return false;
      } finally {
        client.disconnect();
      }
      for (const port of this.#ports) {
        const answer = (await this.#ask((one) => one.call('sentinel', 'master', masterName), port)) as string[];
        const field = (name: string) => answer[answer.indexOf(name) + 1];
        if (field('num-other-sentinels') !== '2' || field('num-slaves') !== '2' || field('flags') !== 'master')
          return false;
      }
      return true;
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sentinels.map((one) => one.kill()), ...this.servers.map((one) => one.kill())]);
  }

  async #ask(question: (sentinel: Redis) => Promise<unknown>, port = this.#ports[0] as number): Promise<unknown> {
    const sentinel = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: 3, protocol: 2 });
    sentinel.on('error', () => {});
    try {
      return await question(sentinel);
    } finally {
      sentinel.disconnect();
    }
  }
}

function startSentinel(port: number, masterPort: number): WatchedProcess {
  const directory = watchedDirectory();
  const file = join(directory, 'sentinel.conf');
  writeFileSync(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${directory}`,
      `sentinel monitor ${masterName} 127.0.0.1 ${masterPort} 2`,
      `sentinel down-after-milliseconds ${masterName} 2500`,
      `sentinel failover-timeout ${masterName} 2000`,
      `sentinel parallel-syncs ${masterName} 2`,
      '',
    ].join('\n'),
  );
  return new WatchedProcess(redisServerBinary(), [file, '--sentinel'], directory);
}
