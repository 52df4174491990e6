import type { Topic } from '../run/topic.js';
import { withRedis } from './bench.js';
import { reads, readsTogether, writes, writesTogether } from './documents.js';
import { contendedLock, freeLock } from './locks.js';

/** The Redis driver beside bare commands with the same bytes, and other libraries, on a server of its own. */
export const redisTopic: Topic = {
  sections: () => [
    { id: 'redis/save', run: () => withRedis(writes) },
    { id: 'redis/save-together', run: () => withRedis(writesTogether) },
    { id: 'redis/load', run: () => withRedis(reads) },
    { id: 'redis/load-together', run: () => withRedis(readsTogether) },
    { id: 'redis/lock', run: () => withRedis(freeLock) },
    { id: 'redis/lock-contended', run: () => withRedis(contendedLock) },
  ],
};
