import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Damage, Harness } from '@sandkeep/persist-conformance';
import { open } from 'lmdb';
import { openLmdbDriver } from '../src/index.js';

export const lmdbHarness: Harness<string> = {
  name: 'lmdb',
  create: () => mkdtemp(join(tmpdir(), 'sandkeep-lmdb-')),
  open: (root) => openLmdbDriver({ root }),
  openPeer: (root) => openLmdbDriver({ root }),
  dispose: (root) => rm(root, { recursive: true, force: true }),
  openInProcess: (root) => ({ module: new URL('./open.js', import.meta.url).href, config: { root } }),
  openMissing: (root) => openLmdbDriver({ root: join(root, 'missing') }),
  corrupt,
  async storedFiles(root) {
    const paths = (await readdir(root)).map((file) => join(root, file));
    return Promise.all(
      [root, ...paths].map(async (path) => {
        const stats = await stat(path);
        return { path, isDirectory: stats.isDirectory(), mode: stats.mode & 0o777 };
      }),
    );
  },
  async failStorage(root) {
    await rename(root, `${root}.away`);
    return () => rename(`${root}.away`, root);
  },
};

/** Writes the damaged bytes as LMDB itself would, under the version of the document. */
async function corrupt(root: string, key: string, damage: Damage): Promise<void> {
  const db = open<Buffer, Uint8Array>({
    path: root,
    noSubdir: false,
    overlappingSync: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    useVersions: true,
  });
  const id = Buffer.from(`d${key}`);
  const entry = db.getEntry(id);
  if (entry === undefined) throw new Error(`there is no document ${key}`);
  const { value: bytes, version } = entry;
  if (damage === 'zeroed') bytes.fill(0);
  if (damage === 'bit-flipped') bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
  const length = { empty: 0, truncated: bytes.length >> 1, zeroed: bytes.length, 'bit-flipped': bytes.length }[damage];
  await db.put(id, bytes.subarray(0, length), version as number);
  await db.close();
}
