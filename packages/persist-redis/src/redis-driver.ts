import {
  createDriver,
  type DriverModule,
  isPersistError,
  type PersistDriver,
  PersistError,
} from '@sandkeep/persist-api';
import { parseOptions, type RedisConfig, type RedisOptions, redisConfigSchema } from './config.js';
import { Connection } from './connection.js';
import { checkDatabase } from './database.js';
import { evicts, healthOf } from './health.js';
import { Keyspace } from './keyspace.js';
import { RedisLocks } from './locks/redis-locks.js';
import { WakeUps } from './locks/wake-ups.js';
import { RedisBackend } from './redis-backend.js';
import { ReplicatedCalls } from './replicated-calls.js';
import { scratch } from './scratch.js';
import { ServerCalls } from './server-calls.js';
import { readServerInfo, type ServerInfo } from './server-info.js';
import { configFromUrl, schemes } from './url.js';

/** How `openDriver` finds this driver. */
export const driver: DriverModule<RedisConfig> = {
  name: 'redis',
  schemes,
  pathOptions: ['caFile', 'certFile', 'keyFile'],
  configSchema: redisConfigSchema,
  fromUrl: configFromUrl,
  open: openRedis,
  scratch,
};

/**
 * Opens the Redis driver.
 * @throws `INVALID_ARGUMENT` that names the option; otherwise as {@link DriverModule.open}
 */
export async function openRedisDriver(options: RedisOptions = {}): Promise<PersistDriver> {
  return openRedis(parseOptions(options));
}

async function openRedis(config: RedisConfig): Promise<PersistDriver> {
  const { commandTimeoutMs, minReplicas, namespace } = config;
  const connections: [Connection, ...Connection[]] = [Connection.open(config)];
  try {
    const [connection] = connections;
    const calls = new ServerCalls(connection, commandTimeoutMs);
    await checkDatabase(connection.client, calls);
    connection.requireDatabase();
    const keyspace = await Keyspace.open(calls, connection.keyPrefix, namespace);
    const infos = await Promise.all(connection.masters.map((master) => readServerInfo(calls.on(master))));
    for (const info of infos) checkServer(info, connection, config);
    const { risks } = healthOf(infos, keyspace.partitions, minReplicas);
    warn(risks);
    let changes: ServerCalls = calls;
    if (minReplicas > 0) {
      const writer = connection.duplicate();
      connections.push(writer);
      changes = new ReplicatedCalls(writer, commandTimeoutMs, minReplicas);
    }
    const locks = new RedisLocks(calls, keyspace, new WakeUps(connection, keyspace.prefix));
    return createDriver(new RedisBackend({ connections, keyspace, calls, changes, locks, minReplicas }));
  } catch (error) {
    for (const connection of connections) connection.close();
    if (isPersistError(error)) Object.assign(error, { driver: 'redis', operation: 'open' });
    throw error;
  }
}

function checkServer(info: ServerInfo, { client }: Connection, { allowEviction }: RedisConfig): void {
  if (Number.parseInt(info.version, 10) < 6) {
    throw new PersistError('UNSUPPORTED', `${info.product} ${info.version} is too old: expected version 6 or newer`);
  }
  if (info.clustered && !client.isCluster) {
    throw new PersistError(
      'INVALID_ARGUMENT',
      'the server belongs to a Cluster: use redis+cluster://, or a Cluster client',
    );
  }
  if (evicts(info) && !allowEviction) {
    throw new PersistError(
      'UNSUPPORTED',
      `the server's maxmemory-policy is ${info.evictionPolicy}, so it may drop documents: ` +
        'set it to noeviction, or accept the loss with allowEviction',
    );
  }
}

const warned = new Set<string>();

/** Says each risk once, as a warning of the process. */
function warn(risks: readonly string[]): void {
  for (const risk of risks) {
    if (warned.has(risk)) continue;
    warned.add(risk);
    process.emitWarning(risk, { type: 'SandkeepWarning', code: 'SANDKEEP_REDIS_AT_RISK' });
  }
}
