import type { Harness, StorageFault } from '@sandkeep/persist-conformance';
import { openRedisDriver, type RedisOptions } from '@sandkeep/persist-redis';
import type { Redis } from 'ioredis';
import { RedisServer } from '../services/redis-server.js';

interface OwnServer {
  readonly server: RedisServer;
  readonly options: RedisOptions;
}

/** Each case has a server of its own, which can be killed and made to refuse changes. */
export const ownServerHarness: Harness<OwnServer> = {
  name: 'redis, a server for each case',
  create: async () => {
    const server = await RedisServer.start({ persistence: 'always' });
    return { server, options: { host: '127.0.0.1', port: server.port, commandTimeoutMs: 2_000 } };
  },
  open: ({ options }) => openRedisDriver(options),
  openPeer: ({ options }) => openRedisDriver(options),
  openInProcess: ({ options }) => ({ module: new URL('workers/open.js', import.meta.url).href, config: options }),
  dispose: ({ server }) => server.kill(),
  restartBackend: ({ server }) => server.restart(),
  storageFaults: ({ server }) => [
    fault(server, 'the memory is full', 'UNAVAILABLE', [
      ['config', 'set', 'maxmemory', '1'],
      ['config', 'set', 'maxmemory', '0'],
    ]),
    fault(server, 'the server has too few replicas', 'UNAVAILABLE', [
      ['config', 'set', 'min-replicas-to-write', '1'],
      ['config', 'set', 'min-replicas-to-write', '0'],
    ]),
    fault(server, 'the server is a replica', 'UNAVAILABLE', [
      ['replicaof', '127.0.0.1', '1'],
      ['replicaof', 'no', 'one'],
    ]),
    fault(server, 'the user may only read', 'PERMISSION_DENIED', [
      ['acl', 'setuser', 'default', '-@write'],
      ['acl', 'setuser', 'default', '+@all'],
    ]),
  ],
};

/** @param commands what begins it, and what ends it */
function fault(
  server: RedisServer,
  name: string,
  code: StorageFault['codes'][number],
  [begin, end]: readonly [readonly string[], readonly string[]],
): StorageFault {
  return {
    name,
    // What passes by itself, such as a failover, is waited for as long as a call may take.
    codes: [code, 'TIMEOUT'],
    begin: async () => {
      await call(server, begin);
      return () => call(server, end);
    },
  };
}

async function call(server: RedisServer, [command, ...args]: readonly string[]): Promise<void> {
  const client: Redis = server.client();
  try {
    await client.call(command as string, ...args);
  } finally {
    client.disconnect();
  }
}
