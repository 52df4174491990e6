import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Damage, type Harness, registerConformance } from '@sandkeep/persist-conformance';
import { describe, it } from 'vitest';
import { openFsDriver } from '../src/index.js';

for (const base of ['/dev/shm', tmpdir()].filter(existsSync)) registerConformance({ describe, it }, harness(base));

function harness(base: string): Harness<string> {
  return {
    name: `fs in ${base}`,
    create: async () => mkdtempSync(join(base, 'sandkeep-conformance-')),
    open: (root) => openFsDriver({ root }),
    openPeer: (root) => openFsDriver({ root }),
    dispose: async (root) => rmSync(root, { recursive: true, force: true }),
    openInProcess: (root) => ({ module: import.meta.resolve('./open-in-process.js'), config: { root } }),
    openMissing: (root) => openFsDriver({ root: join(root, 'missing') }),
    corrupt: async (root, key, damage) => {
      const file = join(root, `${key}.json`);
      writeFileSync(file, damaged(readFileSync(file), damage));
    },
    failStorage: async (root) => {
      renameSync(root, `${root}-away`);
      return async () => renameSync(`${root}-away`, root);
    },
    leftOvers: async (root) =>
      [
        ...readdirSync(join(root, '.sandkeep/staged')),
        ...readdirSync(join(root, '.sandkeep/slots'), { recursive: true }).filter((name) => String(name).includes('/')),
      ] as string[],
  };
}

function damaged(bytes: Buffer, damage: Damage): Buffer {
  if (damage === 'empty') return Buffer.alloc(0);
  if (damage === 'truncated') return bytes.subarray(0, bytes.byteLength >> 1);
  if (damage === 'zeroed') return Buffer.alloc(bytes.byteLength);
  const at = bytes.byteLength - 3;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
