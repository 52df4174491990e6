import type { RedisConfig } from './config.js';
import { Connection } from './connection.js';
import { Keyspace } from './keyspace.js';
import { listIndex } from './list-index.js';
import { scanKeys } from './scan-keys.js';
import { ServerCalls } from './server-calls.js';

/**
 * Removes the keys of a store that nobody uses. It does not scan the server, so what its indexes do not
 * know stays: what removed documents leave for two minutes, interrupted writes for one, and who waited for a lock for seconds.
 * @throws as `openRedisDriver`
 */
export async function removeStore(config: RedisConfig): Promise<void> {
  await using connection = connect(config);
  const { calls, keyPrefix } = connection;
  const keyspace = await Keyspace.open(calls, keyPrefix, config.namespace);
  const keys = keyspace.ownKeys();
  for await (const key of listIndex(calls, keyspace.indexes(), { prefix: '' })) {
    const { document, history } = keyspace.change(key);
    keys.push(document, history);
  }
  await unlinkAll(calls, keys);
}

/**
 * Scans the server for every key of the namespaces that begin with `start`, and removes them.
 * @throws as `openRedisDriver`
 */
export async function removeNamespaces(config: RedisConfig, start: string): Promise<void> {
  await using connection = connect(config);
  const { calls, keyPrefix, masters } = connection;
  const keys: string[] = [];
  for await (const key of scanKeys(calls, await masters(), `${keyPrefix}{${start}`)) keys.push(key);
  await unlinkAll(calls, keys);
}

async function unlinkAll(calls: ServerCalls, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => calls.read('unlink', [key], 'utf8')));
}

function connect(config: RedisConfig) {
  const connection = Connection.open(config);
  const calls = new ServerCalls(connection, config.commandTimeoutMs);
  return {
    calls,
    keyPrefix: connection.keyPrefix,
    async masters() {
      await calls.read('exists', ['{}'], 'utf8'); // a Cluster's client knows them once it is connected
      return connection.masters;
    },
    async [Symbol.asyncDispose]() {
      connection.close();
    },
  };
}
