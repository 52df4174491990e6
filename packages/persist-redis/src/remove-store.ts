import type { RedisConfig } from './config.js';
import { Connection } from './connection.js';
import { Keyspace } from './keyspace.js';
import { listIndex } from './list-index.js';
import { ServerCalls } from './server-calls.js';

/**
 * Removes every key of a store that nobody uses. What its indexes do not know (after a repair by hand)
 * stays: it does not scan the server.
 * @throws as `openRedisDriver`
 */
export async function removeStore(config: RedisConfig): Promise<void> {
  const connection = Connection.open(config);
  try {
    const calls = new ServerCalls(connection, config.commandTimeoutMs);
    const keyspace = await Keyspace.open(calls, connection.keyPrefix, config.namespace);
    const remove = (key: string) => calls.read('unlink', [key], 'utf8');
    const keys: string[] = [];
    for await (const key of listIndex(calls, keyspace.indexes('documents'), { prefix: '' })) {
      keys.push(keyspace.document(key)[0]);
    }
    for await (const name of listIndex(calls, keyspace.indexes('locks'), { prefix: '' })) {
      keys.push(keyspace.lock(name)[0]);
    }
    await Promise.all(keys.map(remove));
    await Promise.all(keyspace.ownKeys().map(remove));
  } finally {
    connection.close();
  }
}
