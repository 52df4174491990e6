import { conformanceCases, registerConformance } from '@sandkeep/persist-conformance';
import { afterAll, describe, it } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { redisService } from '../services/redis-service.js';
import { rounds } from '../support/rounds.js';
import { redisHarness } from './redis-harness.js';

const password = 'p@ss:w/rd-7f3a';
const [single, sentinel, cluster, guarded] = await Promise.all([
  redisService('single'),
  redisService('sentinel'),
  redisService('cluster'),
  RedisServer.start({ args: ['--requirepass', password], client: { password } }),
]);
afterAll(() => Promise.all([single.close(), sentinel.close(), cluster.close(), guarded.kill()]));

// Cases have a namespace each, so they can run at the same time. `npm test` runs the whole suite on one server; behind
// Sentinel, what differs is how the server is reached, and in a Cluster, leases run out no differently.
const runner = { describe: describe.concurrent, it };
const isTorture = rounds(1, 2) === 2;
const leases = ['I78', 'I79', 'I85'];
const withoutLeases = conformanceCases.map(({ id }) => id).filter((id) => !leases.includes(id));
const guardedUrl = `redis://:${encodeURIComponent(password)}@127.0.0.1:${guarded.port}`;

registerConformance(runner, redisHarness({ name: 'redis, one server', url: single.url, proxied: true }));
registerConformance(runner, redisHarness({ name: 'redis, Cluster', url: cluster.url, ownUser: true }), {
  only: isTorture ? undefined : withoutLeases,
});
registerConformance(runner, redisHarness({ name: 'redis, Sentinel', url: sentinel.url, ownUser: true }), {
  only: isTorture ? undefined : ['A', 'C', 'D', 'J'],
});
registerConformance(runner, redisHarness({ name: 'redis, with a password', url: guardedUrl }), {
  only: isTorture ? undefined : ['A', 'J'],
});
