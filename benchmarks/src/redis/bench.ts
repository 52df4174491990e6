import { type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { Redis } from 'ioredis';
import type { Peers } from '../peers/peer.js';
import { openRedisPeers } from '../peers/redis-peers.js';
import { sampleState } from '../workload/sample.js';
import { RedisServer } from './redis-server.js';

/** What is compared on one Redis server. */
export interface RedisBench {
  readonly port: number;
  readonly client: Redis;
  readonly driver: PersistDriver;
  readonly store: SandboxStore;
  readonly peers: Peers;
  /** The sandbox with 10 containers as the store encodes it. */
  readonly bytes: Buffer;
}

/** Starts a server, opens everything on it, hands it to `run`, and ends it. */
export async function withRedis<T>(run: (bench: RedisBench) => Promise<T>): Promise<T> {
  await using server = await RedisServer.start();
  const { port } = server;
  const client = new Redis({ port });
  try {
    await using driver = await openRedisDriver({ port });
    await using peers = await openRedisPeers(port);
    const store = new SandboxStore(driver);
    await store.save('bytes', sampleState(10));
    const bytes = Buffer.from((await driver.read('default/sandboxes/bytes'))?.data ?? []);
    return await run({ port, client, driver, store, peers, bytes });
  } finally {
    client.disconnect();
  }
}
