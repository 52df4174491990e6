import { lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Damage, Harness } from '@sandkeep/persist-conformance';
import { openFsDriver } from '../src/index.js';

/** The conformance suite's view of the directory driver, with a store of its own below `base` for each case. */
export function fsHarness(base: string): Harness<string> {
  return {
    name: `fs in ${base}`,
    create: async () => mkdtempSync(join(base, 'sandkeep-conformance-')),
    open: (root) => openFsDriver({ root }),
    openPeer: (root) => openFsDriver({ root }),
    dispose: async (root) => rmSync(root, { recursive: true, force: true }),
    openInProcess: (root) => ({ module: new URL('open-in-process.js', import.meta.url).href, config: { root } }),
    openMissing: (root) => openFsDriver({ root: join(root, 'missing') }),
    corrupt: async (root, key, damage) => {
      const file = join(root, `${key}.json`);
      writeFileSync(file, damaged(readFileSync(file), damage));
    },
    failStorage: async (root) => {
      renameSync(root, `${root}-away`);
      return async () => renameSync(`${root}-away`, root);
    },
    leftOvers: async (root) => {
      const claims = below(join(root, '.sandkeep/slots')).filter((name) => name.includes('/'));
      return [...below(join(root, '.sandkeep/staged')), ...claims];
    },
    storedFiles: async (root) =>
      below(root).map((path) => {
        const entry = lstatSync(join(root, path));
        return { path, isDirectory: entry.isDirectory(), mode: entry.mode & 0o777 };
      }),
  };
}

function below(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

function damaged(bytes: Buffer, damage: Damage): Buffer {
  if (damage === 'empty') return Buffer.alloc(0);
  if (damage === 'truncated') return bytes.subarray(0, bytes.byteLength >> 1);
  if (damage === 'zeroed') return Buffer.alloc(bytes.byteLength);
  const at = bytes.byteLength - 3;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
