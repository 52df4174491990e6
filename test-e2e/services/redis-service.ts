import { composeAnswers, composeUp } from './compose.js';
import { RedisCluster } from './redis-cluster.js';
import { RedisSentinelSet } from './redis-sentinel-set.js';
import { RedisServer } from './redis-server.js';

export type RedisKind = 'single' | 'sentinel' | 'cluster';

/** A running Redis of some kind, which others may use too. */
export interface RedisService {
  readonly url: string;
  /** Ends what was started for this test. */
  close(): Promise<unknown>;
}

interface Source {
  readonly variable: string;
  readonly service: string;
  /** Where docker-compose.yml publishes it. */
  readonly composeUrl: string;
  start(): Promise<RedisService>;
}

const sources: Readonly<Record<RedisKind, Source>> = {
  single: {
    variable: 'SANDKEEP_TEST_REDIS_URL',
    service: 'redis',
    composeUrl: 'redis://127.0.0.1:6379',
    start: async () => {
      const server = await RedisServer.start({ persistence: 'always' });
      return { url: server.url, close: () => server.kill() };
    },
  },
  sentinel: {
    variable: 'SANDKEEP_TEST_REDIS_SENTINEL_URL',
    service: 'redis-sentinel',
    composeUrl: 'redis+sentinel://127.0.0.1:26381,127.0.0.1:26382,127.0.0.1:26383/sandkeep',
    start: () => RedisSentinelSet.start(),
  },
  cluster: {
    variable: 'SANDKEEP_TEST_REDIS_CLUSTER_URL',
    service: 'redis-cluster',
    composeUrl: 'redis+cluster://127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003',
    start: () => RedisCluster.start(),
  },
};

/**
 * A server for tests that only use it: the one that the environment names, else that of
 * docker-compose.yml where a container engine answers, else one of this process' own.
 */
export async function redisService(kind: RedisKind): Promise<RedisService> {
  const { variable, service, composeUrl, start } = sources[kind];
  const named = process.env[variable];
  if (named) return { url: named, close: async () => {} };
  if (!composeAnswers()) return start();
  composeUp(service);
  return { url: composeUrl, close: async () => {} };
}
