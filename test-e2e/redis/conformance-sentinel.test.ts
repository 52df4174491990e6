import { registerConformance } from '@sandkeep/persist-conformance';
import { afterAll, describe, it } from 'vitest';
import { redisService } from '../services/redis-service.js';
import { redisHarness } from './redis-harness.js';

const service = await redisService('sentinel');
afterAll(() => service.close());

registerConformance({ describe: describe.concurrent, it }, redisHarness({ name: 'redis, Sentinel', url: service.url }));
