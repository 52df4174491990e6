import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode, fromPlain, type PlainState, toPlain } from '../workload/plain-state.js';
import { importPeer } from './import-peer.js';
import { type Peer, Peers } from './peer.js';

const flushed = 'the name in its directory is not flushed: a power loss may undo a save';
const unfenced = 'cannot compare: of two writers one is lost; no checksum';
const torn = 'a crash leaves half a file; nothing is flushed';

/** Libraries that keep a file for each document, each in a directory of its own below this one. */
export async function openFilePeers(directory: string): Promise<Peers> {
  const place = (name: string) => {
    const path = join(directory, name);
    mkdirSync(path);
    return path;
  };
  return new Peers([
    await writeFileAtomic(place('write-file-atomic')),
    await atomically(place('atomically')),
    await conf(place('conf')),
    await unstorage(place('unstorage')),
    await keyvFile(place('keyv-file')),
    await flydrive(place('flydrive')),
  ]);
}

async function writeFileAtomic(directory: string): Promise<Peer> {
  const { default: write } = await importPeer<{ default(path: string, data: string): Promise<void> }>(
    'write-file-atomic',
  );
  return {
    name: 'write-file-atomic',
    lacks: `${flushed}; ${unfenced}`,
    save: (id, state) => write(join(directory, id), encode(state)),
    load: (id) => decode(readFileSync(join(directory, id), 'utf8')),
  };
}

async function atomically(directory: string): Promise<Peer> {
  const { writeFile, readFile } = await importPeer<{
    writeFile(path: string, data: string): Promise<void>;
    readFile(path: string, encoding: string): Promise<string>;
  }>('atomically');
  return {
    name: 'atomically',
    lacks: `${flushed}; ${unfenced}`,
    save: (id, state) => writeFile(join(directory, id), encode(state)),
    load: async (id) => decode(await readFile(join(directory, id), 'utf8')),
  };
}

async function conf(directory: string): Promise<Peer> {
  interface Conf {
    store: PlainState;
  }
  const { default: Conf } = await importPeer<{ default: new (options: { cwd: string; configName: string }) => Conf }>(
    'conf',
  );
  const files = new Map<string, Conf>();
  const open = (id: string) => {
    const file = files.get(id) ?? new Conf({ cwd: directory, configName: id });
    files.set(id, file);
    return file;
  };
  return {
    name: 'conf',
    lacks: `${flushed}; ${unfenced}; blocks the process while it flushes`,
    save: (id, state) => {
      open(id).store = toPlain(state);
    },
    load: (id) => fromPlain(open(id).store),
  };
}

async function unstorage(directory: string): Promise<Peer> {
  const { createStorage } = await importPeer<{ createStorage(options: object): Storage }>('unstorage');
  const { default: driver } = await importPeer<{ default(options: object): object }>('unstorage/drivers/fs');
  interface Storage {
    setItem(key: string, value: PlainState): Promise<void>;
    getItem(key: string): Promise<PlainState>;
  }
  const storage = createStorage({ driver: driver({ base: directory }) });
  return {
    name: 'unstorage, fs',
    lacks: `${torn}; ${unfenced}`,
    save: (id, state) => storage.setItem(id, toPlain(state)),
    load: async (id) => fromPlain(await storage.getItem(id)),
  };
}

async function keyvFile(directory: string): Promise<Peer> {
  interface KeyvFile {
    set(key: string, value: PlainState): Promise<void>;
    get(key: string): Promise<PlainState>;
  }
  const { KeyvFile } = await importPeer<{ KeyvFile: new (options: object) => KeyvFile }>('keyv-file');
  const files = new KeyvFile({ filename: directory, separatedFile: true });
  return {
    name: 'keyv-file, a file each',
    lacks: `${torn}; ${unfenced}; a failed write is only logged`,
    save: (id, state) => files.set(id, toPlain(state)),
    load: async (id) => fromPlain(await files.get(id)),
  };
}

async function flydrive(directory: string): Promise<Peer> {
  interface Disk {
    put(key: string, text: string): Promise<void>;
    get(key: string): Promise<string>;
  }
  const { Disk } = await importPeer<{ Disk: new (driver: object) => Disk }>('flydrive');
  const { FSDriver } = await importPeer<{ FSDriver: new (options: object) => object }>('flydrive/drivers/fs');
  const disk = new Disk(new FSDriver({ location: directory, visibility: 'private' }));
  return {
    name: 'flydrive, fs',
    lacks: `${torn}; ${unfenced}`,
    save: (id, state) => disk.put(id, encode(state)),
    load: async (id) => decode(await disk.get(id)),
  };
}
