import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const given = new Set<number>();

/**
 * A port of the loopback interface that nobody listens on at this moment, and that this process is not given
 * again. It lies below those that the system hands out by itself, so that no connection takes it while its
 * server is down. Another process can still be given the same one: who starts a server looks whether it is theirs.
 * @throws Error if a hundred ports were taken
 */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const port = randomInt(10_000, 20_000);
    if (given.has(port)) continue;
    given.add(port);
    const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error('no free port between 10000 and 20000');
}
