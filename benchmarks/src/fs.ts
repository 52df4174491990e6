import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { type Candidate, compare } from './compare.js';
import type { Group } from './group.js';
import { sampleState } from './sample.js';

const inFlight = 64;

/** The directory driver beside the bare calls, below each of these directories. */
export async function benchFs(directories: readonly string[]): Promise<Group[]> {
  const groups: Group[] = [];
  for (const directory of directories) groups.push(...(await benchDirectory(directory)));
  return groups;
}

/** A directory in memory, where there is one, and one on disk. */
export const defaultDirectories = ['/dev/shm', tmpdir()];

async function benchDirectory(base: string): Promise<Group[]> {
  const root = mkdtempSync(join(base, 'sandkeep-bench-'));
  const bare = mkdtempSync(join(base, 'sandkeep-bench-bare-'));
  const driver = await openFsDriver({ root });
  try {
    const { fileSystem } = (await driver.health()).facts;
    return await benchStore(driver, bare, `${base} (${fileSystem})`);
  } finally {
    await driver.close();
    rmSync(root, { recursive: true });
    rmSync(bare, { recursive: true });
  }
}

async function benchStore(driver: PersistDriver, bare: string, where: string): Promise<Group[]> {
  const store = new SandboxStore(driver);
  const state = sampleState(10);
  await store.save('box', state);
  const bytes = (await driver.read('default/sandboxes/box'))?.data ?? new Uint8Array();
  const save: Candidate[] = [
    {
      name: 'bare write, fsync, rename, fsync of the directory (promises)',
      run: () => replaceDurably(bare, 'box', bytes),
    },
    { name: 'the same with synchronous calls', run: () => replaceDurablySync(bare, 'box', bytes) },
    { name: 'store.save', run: () => store.save('box', state) },
    { name: 'driver.write of the same bytes', run: () => driver.write('raw', bytes) },
  ];
  const load: Candidate[] = [
    {
      name: 'bare readFile + JSON.parse (promises)',
      run: async () => JSON.parse(await readFile(join(bare, 'box'), 'utf8')),
    },
    { name: 'the same with synchronous calls', run: () => JSON.parse(readFileSync(join(bare, 'box'), 'utf8')) },
    { name: 'store.load', run: () => store.load('box') },
    { name: 'store.find of what is missing', run: () => store.find('missing') },
  ];
  const together = (run: (id: string) => Promise<unknown>) => () =>
    Promise.all(Array.from({ length: inFlight }, (_, index) => run(`box-${index}`)));
  const saveTogether: Candidate[] = [
    { name: 'bare sequence (promises)', run: together((id) => replaceDurably(bare, id, bytes)) },
    { name: 'store.save', run: together((id) => store.save(id, state)) },
  ];
  const kilobytes = Math.round(bytes.byteLength / 1024);
  return [
    {
      title: `${where}: save a sandbox with 10 containers, ${kilobytes} KB`,
      measurements: await compare(save, { rounds: 20, runs: 10 }),
    },
    { title: `${where}: load it`, measurements: await compare(load, { rounds: 20, runs: 50 }) },
    {
      title: `${where}: ${inFlight} saves at once`,
      measurements: await compare(saveTogether, { rounds: 20, runs: 1 }),
    },
  ];
}

async function replaceDurably(directory: string, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(directory, name);
  const file = await open(`${path}.tmp`, 'w', 0o600);
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  await rename(`${path}.tmp`, path);
  const parent = await open(directory, 'r');
  await parent.sync();
  await parent.close();
}

function replaceDurablySync(directory: string, name: string, bytes: Uint8Array): void {
  const path = join(directory, name);
  const file = openSync(`${path}.tmp`, 'w', 0o600);
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.tmp`, path);
  const parent = openSync(directory, 'r');
  fsyncSync(parent);
  closeSync(parent);
}
