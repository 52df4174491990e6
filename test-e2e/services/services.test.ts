import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FaultProxy } from './fault-proxy.js';
import { RedisServer } from './redis-server.js';

test('what was started ends with whoever started it, also when that one is killed', async () => {
  const server = spawn('sleep', ['1000']);
  const directory = mkdtempSync(join(tmpdir(), 'sandkeep-services-'));
  const watchdog = spawn(process.execPath, [fileURLToPath(new URL('watchdog.js', import.meta.url))]);
  watchdog.stdin.write(`+${server.pid}\n${directory}\n`);
  watchdog.stdin.destroy();
  expect(await once(server, 'exit')).toEqual([null, 'SIGKILL']);
  await once(watchdog, 'exit');
  expect(existsSync(directory)).toBe(false);
});

test('a server keeps over kill -9 and restart what it acknowledged', async () => {
  const server = await RedisServer.start({ persistence: 'always' });
  const client = server.client();
  await client.set('a', '1');
  await server.kill();
  await server.restart();
  expect(await client.get('a')).toBe('1');
  client.disconnect();
  await server.kill();
});

test('a server whose port another one has taken is not taken for it', async () => {
  const [server, other] = [await RedisServer.start(), await RedisServer.start()];
  await server.kill();
  const taken = createServer((socket) => {
    socket.on('error', () => {});
    const answers = connect(other.port, '127.0.0.1').on('error', () => {});
    socket.pipe(answers).pipe(socket);
  });
  await once(taken.listen(server.port, '127.0.0.1'), 'listening');
  await expect(server.restart()).rejects.toThrow(/process \d+ answers there|process ended/);
  taken.close();
  await server.restart();
  await Promise.all([server.kill(), other.kill()]);
});

test('the proxy loses an answer after the request has run', async () => {
  const server = await RedisServer.start();
  const proxy = await FaultProxy.start(server.port);
  const direct = server.client();
  const client = direct.duplicate({ port: proxy.port, autoResendUnfulfilledCommands: true });
  client.on('error', () => {});
  await client.incr('n');
  let lose = true;
  proxy.loseAnswer = () => {
    const lost = lose;
    lose = false;
    return lost;
  };
  expect(await client.incr('n')).toBe(3);
  client.disconnect();
  direct.disconnect();
  await proxy.close();
  await server.kill();
});
