import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDriver,
  decodeDocument,
  encodeHeader,
  LeaseLocks,
  PersistError,
  watchChanges,
} from '@sandkeep/persist-api';

/**
 * Opens the driver of `server.js`: `{ path, token }`. The faults that it can be given are
 * - `afterLoss`: what a lost answer is: `give up`, a failure, or `send anew`, a reason for a new attempt
 * - `probe: false`: it takes the server at its word
 * - `reconnect: false`: it makes one connection and no other
 * - `rewatch: false`: a watch hears nothing any more once the connection was lost
 */
export async function open(config) {
  const client = await MemoryClient.connect(config);
  if (config.probe !== false) await refuseUnconditional(client);
  return openWithClient(client, () => client.end());
}

/** Opens it with a client that the caller made. */
export function openWithClient(client, close = async () => {}) {
  return createDriver(new ServedMemoryBackend(client, close));
}

/** @throws `UNSUPPORTED` if the server ignores conditions */
async function refuseUnconditional(client) {
  const probe = randomUUID();
  const write = () => client.request('probes', 'write', probe, { expect: 'absent' }, '');
  await write();
  try {
    await write();
  } catch {
    return;
  }
  await client.end();
  throw new PersistError('UNSUPPORTED', 'the server ignores conditions', { operation: 'open' });
}

const patienceMs = 10_000;

/**
 * One connection at a time, which keeps the process alive only while it waits for an answer. A call whose
 * answer was lost is sent again under the same attempt, which the server carries out once.
 */
export class MemoryClient {
  #config;
  #connecting;
  #calls = new Map();
  #lastCall = 0;
  #ended = false;
  /** How often the connection was lost. */
  losses = 0;

  static async connect(config) {
    const client = new MemoryClient(config);
    try {
      await client.#connection();
    } catch (cause) {
      throw new PersistError('NOT_FOUND', `there is no server at ${config.path}`, { cause, operation: 'open' });
    }
    return client;
  }

  constructor(config) {
    this.#config = config;
  }

  async request(space, method, key, options = {}, data = undefined) {
    const { afterLoss, reconnect, token } = this.#config;
    let attempt = randomUUID();
    for (const until = Date.now() + patienceMs; ; ) {
      if (this.#ended) throw new Error('the connection is closed');
      try {
        return await this.#send({ attempt, token, space, method, key, options, data });
      } catch (error) {
        if (error.code !== 'ECONNECTION' || afterLoss === 'give up' || reconnect === false || Date.now() > until)
          throw error;
        if (afterLoss === 'send anew') attempt = randomUUID();
        await sleep(2);
      }
    }
  }

  get rewatches() {
    return this.#config.rewatch !== false;
  }

  async end() {
    this.#ended = true;
    (await this.#connecting?.catch(() => {}))?.destroy();
  }

  async #send(request) {
    const socket = await this.#connection();
    if (socket.destroyed) throw connectionError();
    this.#lastCall += 1;
    const call = this.#lastCall;
    socket.ref();
    socket.write(`${JSON.stringify({ call, ...request })}\n`);
    return new Promise((resolve, reject) => this.#calls.set(call, { resolve, reject }));
  }

  #connection() {
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async #connect() {
    const socket = connect(this.#config.path);
    try {
      await once(socket, 'connect');
    } catch (cause) {
      this.#connecting = undefined;
      throw connectionError(cause);
    }
    socket.unref().on('error', () => {});
    socket.on('close', () => {
      this.losses += 1;
      if (this.#config.reconnect !== false) this.#connecting = undefined;
      for (const { reject } of this.#calls.values()) reject(connectionError());
      this.#calls.clear();
    });
    lines(socket).on('line', (line) => this.#settle(socket, JSON.parse(line)));
    return socket;
  }

  #settle(socket, { call, result, error }) {
    const { resolve, reject } = this.#calls.get(call);
    this.#calls.delete(call);
    if (this.#calls.size === 0) socket.unref();
    if (error === undefined) resolve(result);
    else reject(error.code ? new PersistError(error.code, error.message, error) : new Error(error.message));
  }
}

function connectionError(cause) {
  return Object.assign(new Error('the connection is closed', { cause }), { code: 'ECONNECTION' });
}

class ServedMemoryBackend {
  name = 'served-memory';
  capabilities = { shared: true, watch: true, maxDocumentBytes: 32 * 1024 * 1024 };

  constructor(client, close) {
    this.client = client;
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

  watch(prefix, call) {
    return watchChanges(new ServedMemoryWatch(this, prefix), prefix, call);
  }

  async health() {
    await this.request('documents', 'list', 'health');
    return { status: 'ok', facts: { durability: 'none' }, risks: [] };
  }
}

/** Polls. */
class ServedMemoryWatch {
  pollMs = 20;
  #listed = [];
  #losses;

  constructor(backend, prefix) {
    this.backend = backend;
    this.prefix = prefix;
  }

  async *list() {
    const { client } = this.backend;
    this.#losses ??= client.losses;
    if (!client.rewatches && client.losses > this.#losses) {
      yield* this.#listed;
      return;
    }
    const listed = [];
    for (const key of await client.request('documents', 'list', this.prefix, {})) {
      const document = await client.request('documents', 'read', key);
      if (document !== undefined) listed.push({ key, version: document.version });
    }
    this.#listed = listed;
    yield* listed;
  }

  close() {}
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
