import { registerConformance } from '@sandkeep/persist-conformance';
import { afterAll, describe, it } from 'vitest';
import { redisService } from '../services/redis-service.js';
import { redisHarness } from './redis-harness.js';

const service = await redisService('single');
afterAll(() => service.close());

const harness = redisHarness({ name: 'redis, single server', url: service.url, proxied: true });
registerConformance({ describe: describe.concurrent, it }, harness);
