import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Neighbouring free ports of the loopback interface, kept from other tests until they are released. */
export interface PortRange {
  readonly first: number;
  release(): void;
}

/**
 * Finds `count` free ports in a row, below those that the system hands out by itself. One more port, before
 * them, is held as a sign: other calls, in other processes too, stay away from the range.
 * @throws Error if twenty places in a row were taken
 */
export async function freePortRange(count: number): Promise<PortRange> {
  const size = count + 1;
  for (let attempt = 1; attempt <= 20; attempt++) {
    const sign = 20_000 + size * randomInt(Math.floor(12_000 / size));
    const guard = await listen(sign);
    if (guard === undefined) continue;
    if (await areFree(sign + 1, count)) return { first: sign + 1, release: () => void guard.close() };
    guard.close();
  }
  throw new Error(`no ${count} free ports in a row between 20000 and 32000`);
}

async function areFree(first: number, count: number): Promise<boolean> {
  for (let port = first; port < first + count; port++) {
    const server = await listen(port);
    if (server === undefined) return false;
    server.close();
    await once(server, 'close');
  }
  return true;
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
