import { conformanceCases, registerConformance } from '@sandkeep/persist-conformance';
import { afterAll, describe, it } from 'vitest';
import { redisService } from '../services/redis-service.js';
import { rounds } from '../support/rounds.js';
import { redisHarness } from './redis-harness.js';

const service = await redisService('cluster');
afterAll(() => service.close());

// Leases that run out take their time, here as on a single server: `npm run torture` waits for those too.
const slow = rounds(1, 2) === 1 ? ['I78', 'I79', 'I85'] : [];
const only = conformanceCases.map(({ id }) => id).filter((id) => !slow.includes(id));
const harness = redisHarness({ name: 'redis, Cluster', url: service.url });
registerConformance({ describe: describe.concurrent, it }, harness, { only });
