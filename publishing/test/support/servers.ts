import { redisService } from '../../../test-e2e/services/redis-service.js';
import { dropBucket, freshBucket } from '../../../test-e2e/services/s3-bucket.js';
import { s3Service } from '../../../test-e2e/services/s3-service.js';
import type { Servers } from './quick-starts.js';

/** Starts the servers that quick starts talk to. `close` ends what was started for the test. */
export async function startServers(): Promise<Servers & { close(): Promise<void> }> {
  const [redis, s3] = await Promise.all([redisService('single'), s3Service()]);
  const bucket = await freshBucket(s3);
  const close = async () => {
    await dropBucket(s3, bucket);
    await Promise.all([redis.close(), s3.close()]);
  };
  return { redis, s3, bucket, close };
}
