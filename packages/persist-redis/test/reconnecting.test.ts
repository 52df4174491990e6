import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { RedisOptions } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { parseOptions } from '../src/config.js';
import { Connection } from '../src/connection.js';

test('connections that end before they can be used leave no listeners', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.once('data', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = Connection.open(parseOptions({ host: '127.0.0.1', port }));
  onTestFinished(() => {
    connection.close();
    server.close();
  });
  const { client } = connection;
  client.connect().catch(() => {});
  const before = client.listenerCount('ready');
  while (connections < 8) await once(server, 'connection');
  expect(client.listenerCount('ready')).toBeLessThanOrEqual(before + 1);
});

test('a connection to what has become a replica is made anew, also where Redis 6 says so from within a script', () => {
  const connection = Connection.open(parseOptions({}));
  const { reconnectOnError } = connection.client.options as RedisOptions;
  const refusal = "READONLY You can't write against a read only replica.";
  expect(reconnectOnError?.(new Error(refusal))).toBe(true);
  const inScript = 'ERR Error running script (call to f_0a1b): @user_script:7: @user_script: 7: -';
  expect(reconnectOnError?.(new Error(`${inScript}${refusal}`))).toBe(true);
  expect(reconnectOnError?.(new Error(`${inScript}WRONGTYPE Operation against a key`))).toBe(false);
});
