import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Damage, Harness } from '@sandkeep/persist-conformance';
import { MemoryClient, open, openWithClient } from './client.js';
import { MemoryServer } from './server.js';

interface ServedStorage {
  readonly server: MemoryServer;
  readonly directory: string;
  readonly config: { readonly path: string; readonly token: string; readonly forgetful?: boolean };
}

const damages: Record<Damage, (stored: Buffer) => Buffer> = {
  empty: () => Buffer.alloc(0),
  truncated: (stored) => stored.subarray(0, stored.length / 2),
  zeroed: (stored) => Buffer.alloc(stored.length),
  'bit-flipped': (stored) => {
    const last = stored.length - 1;
    stored.writeUInt8(stored.readUInt8(last) ^ 1, last);
    return stored;
  },
};

/** A harness with every hook but those about files, on a server in this process. */
export const servedMemoryHarness: Harness<ServedStorage> = {
  name: 'served memory',

  async create() {
    const directory = await mkdtemp(join(tmpdir(), 'sandkeep-served-'));
    const config = { path: join(directory, 'socket'), token: 'the-secret-token' };
    const server = new MemoryServer(config.token);
    await server.listen(config.path);
    return { server, directory, config };
  },
  open: ({ config }) => open(config),
  openPeer: ({ config }) => open(config),
  async dispose({ server, directory }) {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  },

  openInProcess: ({ config }) => ({ module: new URL('./client.js', import.meta.url).href, config }),
  openMissing: ({ directory, config }) => open({ ...config, path: join(directory, 'missing') }),
  async openWithClient({ config }) {
    const client = await MemoryClient.connect(config);
    return {
      driver: openWithClient(client),
      ping: () => client.request('documents', 'read', 'ping'),
      end: () => client.end(),
    };
  },
  corrupt: ({ server }, key, damage) => server.damage(key, damages[damage]),
  async failStorage({ server }) {
    server.failing = true;
    return async () => {
      server.failing = false;
    };
  },
  leftOvers: async () => [],
  storageFaults: ({ server }) => [
    {
      name: 'the server fails',
      codes: ['UNAVAILABLE'],
      async begin() {
        server.failing = true;
        return async () => {
          server.failing = false;
        };
      },
    },
  ],
  async loseAnswers({ server }, every) {
    server.loseEvery = every;
    return {
      get lost() {
        return server.lost;
      },
      async stop() {
        server.loseEvery = Infinity;
      },
    };
  },
  openUnconditional({ server, config }) {
    server.unconditional = true;
    return open(config);
  },
  async restartBackend({ server, config }) {
    await server.close();
    if (config.forgetful === true) server.forget();
    await server.listen(config.path);
  },
  disturbances: ({ server }) => [{ name: 'a cut connection', seamless: true, act: async () => server.cut() }],
  secrets: ({ config }) => [config.token],
};
