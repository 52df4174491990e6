import { type PersistDriver } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisServer } from '../services/redis-server.js';

const large = (fill: string) => new Uint8Array(Buffer.alloc(20_000, fill));
let server: RedisServer;
let client: Redis;
let driver: PersistDriver;
/** What becomes of a document on its way. */
let staging: 'sent' | 'lost' | 'refused' = 'sent';

beforeAll(async () => {
  server = await RedisServer.start();
  client = new Redis({ port: server.port });
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    if (command.name !== 'set' || staging === 'sent') return send(command, stream);
    if (staging === 'lost') command.resolve(Buffer.from('OK'));
    else command.reject(new Error('refused'));
    return command.promise;
  };
  driver = await openRedisDriver({ client });
});
afterAll(async () => {
  await driver.close();
  client.disconnect();
  await server.kill();
});

test.each(['lost', 'refused'] as const)('a document whose staging is %s is written all the same', async (fate) => {
  staging = fate;
  const version = await driver.write(fate, large('1'), { expect: 'absent' });
  expect(await driver.read(fate)).toEqual({ version, data: large('1') });
  const refused = driver.write(fate, large('2'), { expect: 'absent' });
  await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', currentVersion: version });
  const next = await driver.write(fate, large('2'), { expect: version });
  expect(await driver.read(fate)).toEqual({ version: next, data: large('2') });
});

test('nothing stays staged, and the caller may reuse its bytes as soon as it has called', async () => {
  staging = 'sent';
  const bytes = large('a');
  // The later rounds use the memory of the earlier ones again.
  for (let round = 0; round < 3; round++) {
    const fillOf = (index: number) => 50 * round + index;
    const writes = Array.from({ length: 20 }, (_, index) => {
      bytes.fill(fillOf(index));
      return driver.write(`reused/${index}`, bytes);
    });
    await Promise.all(writes);
    for (let index = 0; index < 20; index++) {
      expect((await driver.read(`reused/${index}`))?.data.every((byte) => byte === fillOf(index))).toBe(true);
    }
  }
  expect(await client.keys('*:s:*')).toEqual([]);
});
