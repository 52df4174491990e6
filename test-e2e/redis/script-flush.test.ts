import { openRedisDriver } from '@sandkeep/persist-redis';
import { expect, test } from 'vitest';
import { RedisServer } from '../services/redis-server.js';
import { rounds, timeFor } from '../support/rounds.js';

const count = rounds(500, 5_000);

test('nobody notices that the server forgets its scripts', { timeout: timeFor(count, 10) }, async () => {
  const server = await RedisServer.start();
  const client = server.client();
  const driver = await openRedisDriver({ port: server.port });
  let flushes = 0;
  let running = true;
  const flushing = (async () => {
    while (running) {
      await client.script('FLUSH');
      flushes += 1;
    }
  })();
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    const key = `w${writer}`;
    let version = await driver.write(key, Buffer.of(0), { expect: 'absent' });
    for (let n = 0; n < count / 8; n++) {
      version = await driver.write(key, Buffer.from(String(n)), { expect: version });
      if (n % 10 === 0) await (await driver.lock(key)).release();
    }
    expect(await driver.remove(key, { expect: version })).toBe(true);
  });
  await Promise.all(writers);
  running = false;
  await flushing;
  expect(flushes).toBeGreaterThan(10);
  client.disconnect();
  await driver.close();
  await server.kill();
});
