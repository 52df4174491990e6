import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { acquireLockScript } from '../../packages/persist-redis/src/scripts/acquire-lock.js';
import { releaseLockScript } from '../../packages/persist-redis/src/scripts/release-lock.js';
import { renewLockScript } from '../../packages/persist-redis/src/scripts/renew-lock.js';
import type { Script } from '../../packages/persist-redis/src/scripts/script.js';
import { RedisServer } from '../services/redis-server.js';

const keys = ['locks', 'queue', 'waiters'];
const ttl = 1_000;
let server: RedisServer;
let client: Redis;
/** The server's clock as the scripts see it, in microseconds. */
let clock = 0;

beforeAll(async () => {
  server = await RedisServer.start();
  client = server.client();
});
afterAll(async () => {
  client.disconnect();
  await server.kill();
});
beforeEach(async () => {
  await client.del(keys);
  clock = 1_000_000_000;
});

function run({ source }: Script, ...args: (string | number)[]): Promise<unknown> {
  const time = `{ '${Math.floor(clock / 1e6)}', '${clock % 1e6}' }`;
  return client.eval(source.replace("call('TIME')", time), keys.length, ...keys, 0, 'name', ...args);
}

/** A call that waits in the queue: the fence, or undefined if it has to wait. */
async function ask(id: string, mode = 'exclusive', place = 1): Promise<string | undefined> {
  const answer = await run(acquireLockScript, id, mode, ttl, place, 'channel', `"${id}"`);
  return typeof answer === 'string' ? answer : undefined;
}
const renew = (id: string) => run(renewLockScript, id, ttl, `"${id}"`);
const release = (id: string) => run(releaseLockScript, id);

test('a lease lasts its whole time, wherever in a millisecond it began', async () => {
  for (const begun of [0, 1, 500, 999]) {
    await client.del(keys);
    clock = 1_000_000_000 + begun;
    const fence = await ask('a');
    clock += 1_000 * ttl - 1;
    expect(await ask('b', 'exclusive', 0), `begun at ${begun}`).toBeUndefined();
    expect(await renew('a')).toBe(1);
    clock += 1_000 * (ttl + 1);
    expect(await renew('a'), 'it has ended').toBe(0);
    expect(Number(await ask('b'))).toBeGreaterThan(Number(fence));
    expect(await release('a'), 'what has ended gives up nothing').toBe(0);
    expect(await release('b')).toBe(1);
  }
});
