import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { openLmdbDriver } from '@sandkeep/persist-lmdb';
import { open, type RootDatabase } from 'lmdb';
import { type Candidate, compare } from './compare.js';
import type { Group } from './group.js';
import { sampleState } from './sample.js';

const inFlight = 64;

/** The LMDB driver beside LMDB itself, with the same conditional puts of the same bytes. */
export async function benchLmdb(): Promise<Group[]> {
  const root = mkdtempSync(join(tmpdir(), 'sandkeep-bench-'));
  const bare = mkdtempSync(join(tmpdir(), 'sandkeep-bench-bare-'));
  const driver = await openLmdbDriver({ root });
  const layout = { encoding: 'binary', keyEncoding: 'binary', useVersions: true, noSubdir: false } as const;
  const db = open<Buffer, Uint8Array>({ path: bare, ...layout, overlappingSync: false });
  try {
    const { fileSystem } = (await driver.health()).facts;
    return await benchStore(driver, db, `${tmpdir()} (${fileSystem})`);
  } finally {
    await driver.close();
    await db.close();
    rmSync(root, { recursive: true });
    rmSync(bare, { recursive: true });
  }
}

async function benchStore(
  driver: PersistDriver,
  db: RootDatabase<Buffer, Uint8Array>,
  where: string,
): Promise<Group[]> {
  const store = new SandboxStore(driver);
  const state = sampleState(10);
  await store.save('box', state);
  const bytes = Buffer.from((await driver.read('default/sandboxes/box'))?.data ?? []);
  const text = bytes.toString();
  const put = barePut(db, bytes);
  const write = conditionalWrite(driver, bytes);
  const together = (run: (name: string) => Promise<unknown>) => () =>
    Promise.all(Array.from({ length: inFlight }, (_, index) => run(`box-${index}`)));
  const one: Candidate[] = [
    { name: 'bare LMDB: conditional put', run: () => put('box') },
    { name: 'driver.write with a condition', run: () => write('raw') },
    { name: 'store.save', run: () => store.save('box', state) },
  ];
  const many: Candidate[] = [
    { name: 'bare LMDB: conditional put', run: together(put) },
    { name: 'driver.write with a condition', run: together(write) },
    { name: 'store.save', run: together((name) => store.save(name, state)) },
  ];
  const load: Candidate[] = [
    { name: 'JSON.parse of the bytes', run: () => JSON.parse(text) },
    { name: 'bare LMDB: get, JSON.parse', run: () => JSON.parse(String(db.getBinary(Buffer.from('box')))) },
    { name: 'driver.read, JSON.parse', run: async () => JSON.parse(String((await driver.read('raw'))?.data)) },
    { name: 'store.load', run: () => store.load('box') },
  ];
  const kilobytes = Math.round(bytes.byteLength / 1024);
  return [
    {
      title: `${where}: save a sandbox with 10 containers, ${kilobytes} KB`,
      measurements: await compare(one, { rounds: 20, runs: 10 }),
    },
    { title: `${where}: ${inFlight} saves at once`, measurements: await compare(many, { rounds: 40, runs: 2 }) },
    { title: `${where}: load it`, measurements: await compare(load, { rounds: 20, runs: 100 }) },
  ];
}

/** Each put is on the condition of the version that the last one made. */
function barePut(db: RootDatabase<Buffer, Uint8Array>, bytes: Buffer): (name: string) => Promise<void> {
  const versions = new Map<string, number>();
  return async (name) => {
    const version = versions.get(name);
    const next = (version ?? 0) + 1;
    if (!(await db.put(Buffer.from(name), bytes, next, version))) throw new Error(`${name} is not version ${version}`);
    versions.set(name, next);
  };
}

function conditionalWrite(driver: PersistDriver, bytes: Buffer): (name: string) => Promise<void> {
  const versions = new Map<string, string>();
  return async (name) => {
    versions.set(name, await driver.write(name, bytes, { expect: versions.get(name) ?? 'absent' }));
  };
}
