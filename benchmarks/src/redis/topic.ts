import type { Effort } from '../measure/compare.js';
import type { Topic } from '../run/topic.js';
import { destroys, findsMissing, type StoreCalls, updates } from '../workload/store-calls.js';
import { type RedisBench, withRedis } from './bench.js';
import { reads, readsTogether, writes, writesTogether } from './documents.js';
import { contendedLock, freeLock } from './locks.js';
import { serverTime } from './server-time.js';

const few: Effort = { rounds: 10, runs: 2 };
const one: Effort = { rounds: 20, runs: 10 };
const many: Effort = { rounds: 20, runs: 50 };

/** The Redis driver beside bare commands with the same bytes, and other libraries, on a server of its own. */
export const redisTopic: Topic = {
  sections: () => [
    { id: 'redis/save', run: () => withRedis(writes) },
    { id: 'redis/save-together', run: () => withRedis(writesTogether) },
    { id: 'redis/load', run: () => withRedis(reads) },
    { id: 'redis/load-together', run: () => withRedis(readsTogether) },
    { id: 'redis/update', run: () => withRedis((bench) => updates(callsOf(bench), 10, one)) },
    { id: 'redis/update-1000', run: () => withRedis((bench) => updates(callsOf(bench), 1000, few)) },
    { id: 'redis/find-missing', run: () => withRedis((bench) => findsMissing(callsOf(bench), many)) },
    { id: 'redis/destroy', run: () => withRedis((bench) => destroys(callsOf(bench), many)) },
    { id: 'redis/lock', run: () => withRedis(freeLock) },
    { id: 'redis/lock-contended', run: () => withRedis(contendedLock) },
    { id: 'redis/server', run: () => withRedis(serverTime) },
  ],
};

function callsOf({ client, store, peers }: RedisBench): StoreCalls {
  return {
    bare: {
      read: (name) => client.get(`call:${name}`),
      write: (name, text) => client.set(`call:${name}`, text),
      remove: (name) => client.del(`call:${name}`),
    },
    store,
    peers: peers.all,
  };
}
