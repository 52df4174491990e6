import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { createDriver, decodeDocument, encodeHeader, LeaseLocks, PersistError } from '@sandkeep/persist-api';

/** Opens the driver of `server.js`: `{ path, token }`. */
export async function open(config) {
  const client = await MemoryClient.connect(config);
  return openWithClient(client, () => client.end());
}

/** Opens it with a client that the caller made. */
export function openWithClient(client, close = async () => {}) {
  return createDriver(new ServedMemoryBackend(client, close));
}

/** One connection, which keeps the process alive only while it waits for an answer. */
export class MemoryClient {
  #socket;
  #token;
  #calls = new Map();
  #lastCall = 0;

  static async connect({ path, token }) {
    const socket = connect(path);
    try {
      await once(socket, 'connect');
    } catch (cause) {
      throw new PersistError('NOT_FOUND', `there is no server at ${path}`, { cause, operation: 'open' });
    }
    return new MemoryClient(socket, token);
  }

  constructor(socket, token) {
    this.#socket = socket;
    this.#token = token;
    socket.unref().on('error', () => {});
    socket.on('close', () => {
      for (const { reject } of this.#calls.values()) reject(new Error('the connection is closed'));
    });
    lines(socket).on('line', (line) => this.#settle(JSON.parse(line)));
  }

  async request(space, method, key, options = {}, data = undefined) {
    if (this.#socket.destroyed) throw new Error('the connection is closed');
    this.#lastCall += 1;
    const call = this.#lastCall;
    this.#socket.ref();
    this.#socket.write(`${JSON.stringify({ call, token: this.#token, space, method, key, options, data })}\n`);
    return new Promise((resolve, reject) => this.#calls.set(call, { resolve, reject }));
  }

  async end() {
    this.#socket.destroy();
  }

  #settle({ call, result, error }) {
    const { resolve, reject } = this.#calls.get(call);
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#socket.unref();
    if (error === undefined) resolve(result);
    else reject(error.code ? new PersistError(error.code, error.message, error) : new Error(error.message));
  }
}

class ServedMemoryBackend {
  name = 'served-memory';
  capabilities = { shared: true, watch: false, maxDocumentBytes: 32 * 1024 * 1024 };

  constructor(client, close) {
    this.request = client.request.bind(client);
    this.close = close;
    this.locks = new LeaseLocks({
      read: async (name) => revive(await this.request('locks', 'read', name)),
      write: (name, data, expect) => this.request('locks', 'write', name, { expect }, toBase64(data)),
      list: async function* () {
        yield* await client.request('locks', 'list', '');
      },
    });
  }

  async read(key) {
    const stored = revive(await this.request('documents', 'read', key));
    return stored && { data: new Uint8Array(decodeDocument(stored.data).data), version: stored.version };
  }

  write(key, data, { expect }) {
    const envelope = Buffer.concat([encodeHeader('0', data), data]);
    return this.request('documents', 'write', key, { expect }, toBase64(envelope));
  }

  remove(key, { expect }) {
    return this.request('documents', 'remove', key, { expect });
  }

  async *list(prefix, { after }) {
    yield* await this.request('documents', 'list', prefix, { after });
  }

  async health() {
    await this.request('documents', 'list', 'health');
    return { status: 'ok', facts: { durability: 'none' }, risks: [] };
  }
}

function toBase64(data) {
  return Buffer.from(data).toString('base64');
}

function revive(document) {
  return document && { data: Buffer.from(document.data, 'base64'), version: document.version };
}

/** A line reader repeats the errors of what it reads; the socket's own handlers deal with them. */
function lines(socket) {
  return createInterface({ input: socket }).on('error', () => {});
}
