import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { memoryDriver } from '@sandkeep/persist-api';

/**
 * Documents and lock records in the memory of this process, served on a socket, so that the driver of
 * `client.js` is shared between processes. It is what the suite's process cases and fault hooks are tested with.
 * One line of JSON is one call (`{ call, token, space, method, key, data?, options }`), one line the answer.
 */
export class MemoryServer {
  failing = false;
  #spaces = { documents: memoryDriver(), locks: memoryDriver() };
  #sockets = new Set();
  #server = createServer((socket) => this.#serve(socket));

  constructor(token) {
    this.token = token;
  }

  async listen(path) {
    await new Promise((resolve) => this.#server.listen(path, resolve));
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Changes the stored bytes of a document, as a faulty disk would: also its version stays. */
  async damage(key, change) {
    const { data } = await this.#spaces.documents.read(key);
    await this.#spaces.documents.write(key, change(Buffer.from(data)));
  }

  #serve(socket) {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    lines(socket).on('line', async (line) => {
      const { call, ...request } = JSON.parse(line);
      const answer = await this.#answer(request).catch(({ code, message, currentVersion }) => ({
        error: { code, message, currentVersion },
      }));
      if (!socket.destroyed) socket.write(`${JSON.stringify({ call, ...answer })}\n`);
    });
  }

  async #answer({ token, space, method, key, data, options }) {
    if (this.failing) throw new Error('the server is failing');
    if (token !== this.token) throw new Error('the server does not know this token');
    const driver = this.#spaces[space];
    if (method === 'read') {
      const document = await driver.read(key);
      return { result: document && { data: Buffer.from(document.data).toString('base64'), version: document.version } };
    }
    if (method === 'write') return { result: await driver.write(key, Buffer.from(data, 'base64'), options) };
    if (method === 'remove') return { result: await driver.remove(key, options) };
    const keys = [];
    for await (const found of driver.list(key, options)) keys.push(found);
    return { result: keys };
  }
}

/** A line reader repeats the errors of what it reads; the socket's own handlers deal with them. */
function lines(socket) {
  return createInterface({ input: socket }).on('error', () => {});
}
