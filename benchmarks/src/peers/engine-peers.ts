import { join } from 'node:path';
import { open } from 'lmdb';
import { decode, encode } from '../workload/plain-state.js';
import { importPeer } from './import-peer.js';
import { type Peer, Peers } from './peer.js';

/** Embedded databases that are durable when a call returns, each in files of its own below this directory. */
export async function openEnginePeers(directory: string): Promise<Peers> {
  return new Peers([
    await sqlite(join(directory, 'sqlite.db')),
    await level(join(directory, 'level')),
    lmdb(join(directory, 'lmdb')),
  ]);
}

async function sqlite(path: string): Promise<Peer> {
  interface Database {
    pragma(text: string): void;
    exec(text: string): void;
    prepare(text: string): { run(...values: unknown[]): void; get(...values: unknown[]): { data: string } };
    close(): void;
  }
  const { default: Database } = await importPeer<{ default: new (path: string) => Database }>('better-sqlite3');
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE sandboxes (id TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID');
  const put = database.prepare('INSERT INTO sandboxes VALUES (?, ?) ON CONFLICT DO UPDATE SET data = excluded.data');
  const get = database.prepare('SELECT data FROM sandboxes WHERE id = ?');
  return {
    name: 'better-sqlite3 (WAL, FULL)',
    lacks:
      'blocks the process while it flushes; no comparing as it is used here; a writer that is stopped holds up the others',
    save: (id, state) => put.run(id, encode(state)),
    load: (id) => decode(get.get(id).data),
    close: () => database.close(),
  };
}

async function level(path: string): Promise<Peer> {
  interface Level {
    open(): Promise<void>;
    put(key: string, value: string, options: { sync: boolean }): Promise<void>;
    get(key: string): Promise<string>;
    close(): Promise<void>;
  }
  const { ClassicLevel } = await importPeer<{ ClassicLevel: new (path: string) => Level }>('classic-level');
  const database = new ClassicLevel(path);
  await database.open();
  return {
    name: 'classic-level (sync)',
    lacks: 'one process only; no comparing',
    save: (id, state) => database.put(id, encode(state), { sync: true }),
    load: async (id) => decode(await database.get(id)),
    close: () => database.close(),
  };
}

function lmdb(path: string): Peer {
  const database = open<string, string>({ path, encoding: 'string', overlappingSync: false });
  return {
    name: 'lmdb',
    lacks: 'no comparing as it is used here; no checksum; a writer that is stopped holds up the others',
    save: (id, state) => database.put(id, encode(state)),
    load: (id) => decode(database.get(id) ?? ''),
    close: () => database.close(),
  };
}
