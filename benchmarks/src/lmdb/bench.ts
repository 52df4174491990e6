import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { openLmdbDriver } from '@sandkeep/persist-lmdb';
import { openEnginePeers } from '../peers/engine-peers.js';
import type { Peers } from '../peers/peer.js';
import { sampleState } from '../workload/sample.js';
import { BareLmdb } from './bare-lmdb.js';

/** What is compared on the LMDB side, each on storage of its own on disk. */
export interface LmdbBench {
  readonly bare: BareLmdb;
  readonly driver: PersistDriver;
  /** Through the LMDB driver. */
  readonly store: SandboxStore;
  /** Through the directory driver. */
  readonly files: SandboxStore;
  readonly engines: Peers;
  /** The sandbox with 10 containers as the store encodes it. */
  readonly bytes: Buffer;
}

/** Opens everything, hands it to `run`, and removes it. */
export async function withLmdb<T>(run: (bench: LmdbBench) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'sandkeep-bench-'));
  const place = (name: string) => {
    mkdirSync(join(directory, name));
    return join(directory, name);
  };
  try {
    await using driver = await openLmdbDriver({ root: place('lmdb') });
    await using files = await openFsDriver({ root: place('files') });
    await using bare = new BareLmdb(place('bare'));
    await using engines = await openEnginePeers(place('engines'));
    const store = new SandboxStore(driver);
    await store.save('bytes', sampleState(10));
    const bytes = Buffer.from((await driver.read('default/sandboxes/bytes'))?.data ?? []);
    return await run({ bare, driver, store, files: new SandboxStore(files), engines, bytes });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
