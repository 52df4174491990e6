import type { S3Server } from '../s3/s3-server.js';
import { decode, encode, fromPlain, type PlainState, toPlain } from '../workload/plain-state.js';
import { importPeer } from './import-peer.js';
import { type Peer, Peers } from './peer.js';

const unfenced = 'cannot compare: of two writers one is lost; no checksum is kept with the document';

/** Libraries that keep documents in this bucket. */
export async function openS3Peers(server: S3Server, bucket: string): Promise<Peers> {
  return new Peers([await unstorage(server, bucket), await flydrive(server, bucket)]);
}

async function unstorage({ endpoint, region, accessKeyId, secretAccessKey }: S3Server, bucket: string): Promise<Peer> {
  interface Storage {
    setItem(key: string, value: PlainState): Promise<void>;
    getItem(key: string): Promise<PlainState>;
  }
  const { createStorage } = await importPeer<{ createStorage(options: object): Storage }>('unstorage');
  const { default: driver } = await importPeer<{ default(options: object): object }>('unstorage/drivers/s3');
  const storage = createStorage({ driver: driver({ endpoint, region, accessKeyId, secretAccessKey, bucket }) });
  return {
    name: 'unstorage, s3',
    lacks: unfenced,
    save: (id, state) => storage.setItem(`unstorage-${id}`, toPlain(state)),
    load: async (id) => fromPlain(await storage.getItem(`unstorage-${id}`)),
  };
}

async function flydrive({ endpoint, region, accessKeyId, secretAccessKey }: S3Server, bucket: string): Promise<Peer> {
  interface Disk {
    put(key: string, text: string): Promise<void>;
    get(key: string): Promise<string>;
  }
  const { Disk } = await importPeer<{ Disk: new (driver: object) => Disk }>('flydrive');
  const { S3Driver } = await importPeer<{ S3Driver: new (options: object) => object }>('flydrive/drivers/s3');
  const credentials = { accessKeyId, secretAccessKey };
  const options = { credentials, region, bucket, endpoint, forcePathStyle: true, supportsACL: false };
  const disk = new Disk(new S3Driver({ ...options, visibility: 'private' }));
  return {
    name: 'flydrive, s3',
    lacks: unfenced,
    save: (id, state) => disk.put(`flydrive/${id}`, encode(state)),
    load: async (id) => decode(await disk.get(`flydrive/${id}`)),
  };
}
