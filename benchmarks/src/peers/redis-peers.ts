import { fromPlain, type PlainState, toPlain } from '../workload/plain-state.js';
import { importPeer } from './import-peer.js';
import { type Peer, Peers } from './peer.js';

const unfenced = 'cannot compare: of two writers one is lost; no checksum';

/** Libraries that keep documents in Redis, on this port of this machine. */
export async function openRedisPeers(port: number): Promise<Peers> {
  return new Peers([await keyv(port), await unstorage(port)]);
}

async function keyv(port: number): Promise<Peer> {
  interface Keyv {
    set(key: string, value: PlainState): Promise<boolean>;
    get(key: string): Promise<PlainState>;
    disconnect(): Promise<void>;
  }
  const { default: KeyvRedis } = await importPeer<{ default: new (url: string) => object }>('@keyv/redis');
  const { Keyv } = await importPeer<{ Keyv: new (store: object) => Keyv }>('keyv');
  const documents = new Keyv(new KeyvRedis(`redis://127.0.0.1:${port}`));
  return {
    name: '@keyv/redis',
    lacks: `${unfenced}; a failed write is only an event`,
    save: (id, state) => documents.set(id, toPlain(state)),
    load: async (id) => fromPlain(await documents.get(id)),
    close: () => documents.disconnect(),
  };
}

async function unstorage(port: number): Promise<Peer> {
  interface Storage {
    setItem(key: string, value: PlainState): Promise<void>;
    getItem(key: string): Promise<PlainState>;
    dispose(): Promise<void>;
  }
  const { createStorage } = await importPeer<{ createStorage(options: object): Storage }>('unstorage');
  const { default: driver } = await importPeer<{ default(options: object): object }>('unstorage/drivers/redis');
  const storage = createStorage({ driver: driver({ host: '127.0.0.1', port, base: 'unstorage' }) });
  return {
    name: 'unstorage, redis',
    lacks: `${unfenced}; a write may be applied twice, after a reconnect`,
    save: (id, state) => storage.setItem(id, toPlain(state)),
    load: async (id) => fromPlain(await storage.getItem(id)),
    close: () => storage.dispose(),
  };
}
