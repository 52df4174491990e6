import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { memoryDriver } from '@sandkeep/persist-api';

/**
 * Documents and lock records in the memory of this process, served on a socket, so that the driver of
 * `client.js` is shared between processes. It is what the suite's process cases and fault hooks are tested with.
 * One line of JSON is one call (`{ call, attempt, token, space, method, key, data?, options }`), one line the answer.
 */
export class MemoryServer {
  /** Every call fails. */
  failing = false;
  /** Writes and removals happen whatever they expect. */
  unconditional = false;
  /** One answer of so many is lost, after the call was carried out, and the connection is cut. */
  loseEvery = Infinity;
  lost = 0;
  #answers = 0;
  #spaces = newSpaces();
  #outcomes = new Map();
  #sockets = new Set();
  #server = createServer((socket) => this.#serve(socket));

  constructor(token) {
    this.token = token;
  }

  async listen(path) {
    await new Promise((resolve) => this.#server.listen(path, resolve));
  }

  /** Cuts every connection. */
  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  forget() {
    this.#spaces = newSpaces();
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
      const whole = parsed(line);
      if (whole === undefined) return;
      const { call, ...request } = whole;
      const answer = await this.#answerOnce(request).catch(({ code, message, currentVersion }) => ({
        error: { code, message, currentVersion },
      }));
      this.#answers += 1;
      if (this.#answers % this.loseEvery === 0) {
        this.lost += 1;
        socket.destroy();
      }
      if (!socket.destroyed) socket.write(`${JSON.stringify({ call, ...answer })}\n`);
    });
  }

  /** A repeated attempt gets the answer of the first. */
  async #answerOnce({ attempt, token, ...request }) {
    if (this.failing) throw new Error('the server is failing');
    if (token !== this.token) throw new Error('the server does not know this token');
    if (!this.#outcomes.has(attempt)) this.#outcomes.set(attempt, this.#answer(request));
    return this.#outcomes.get(attempt);
  }

  async #answer({ space, method, key, data, options: { expect, ...others } }) {
    const driver = this.#spaces[space];
    const options = this.unconditional ? others : { expect, ...others };
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

function newSpaces() {
  return { documents: memoryDriver(), locks: memoryDriver(), probes: memoryDriver() };
}

/** A line reader repeats the errors of what it reads; the socket's own handlers deal with them. */
function lines(socket) {
  return createInterface({ input: socket }).on('error', () => {});
}

/** A request, or undefined if its client died in the middle of sending it. */
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
