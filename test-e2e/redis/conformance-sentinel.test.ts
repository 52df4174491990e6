import { registerConformance } from '@sandkeep/persist-conformance';
import { afterAll, describe, it } from 'vitest';
import { redisService } from '../services/redis-service.js';
import { rounds } from '../support/rounds.js';
import { redisHarness } from './redis-harness.js';

const service = await redisService('sentinel');
afterAll(() => service.close());

// Behind Sentinel is one server: what differs from that is how it is reached. The whole suite has its turn in `npm run torture`.
const only = rounds(1, 2) === 1 ? ['A', 'C', 'D', 'J'] : undefined;
const harness = redisHarness({ name: 'redis, Sentinel', url: service.url });
registerConformance({ describe: describe.concurrent, it }, harness, { only });
