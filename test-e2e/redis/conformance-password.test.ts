import { registerConformance } from '@sandkeep/persist-conformance';
import { afterAll, describe, it } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { redisHarness } from './redis-harness.js';

const password = 'p@ss:w/rd-7f3a';
const server = await RedisServer.start({ args: ['--requirepass', password], client: { password } });
afterAll(() => server.kill());

const url = `redis://:${encodeURIComponent(password)}@127.0.0.1:${server.port}`;
const harness = redisHarness({ name: 'redis, with a password', url });
registerConformance({ describe: describe.concurrent, it }, harness, { only: ['A', 'D', 'J'] });
