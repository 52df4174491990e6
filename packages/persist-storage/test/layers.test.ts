import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryDriver } from '@sandkeep/persist-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StorageService } from '../src/index.js';
import { listTree } from './support/list-tree.js';
import { type Entry, OciLayout } from './support/oci-layout.js';

const isRoot = process.geteuid?.() === 0;
const seconds = 1_700_000_000;
const longName = 'n'.repeat(255);
const big = Buffer.alloc(300_000, 'x');

function directory(name: string, more: Partial<Entry> = {}): Entry {
  return { name, type: 'directory', mode: 0o755, ...more };
}

const base: Entry[] = [
  directory('./', { mode: 0o711 }),
  directory('bin/', { mode: 0o755 }),
  { name: 'bin/tool', mode: 0o4755, content: big },
  { name: 'bin/also', type: 'link', linkname: 'bin/tool' },
  directory('etc', { mode: 0o750, uid: 3, gid: 4 }),
  { name: 'etc/hidden', content: 'lower' },
  { name: 'etc/kept', content: 'kept', mode: 0o640, uid: 5, gid: 6 },
  directory('usr'),
  directory('usr/lib'),
  { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
  { name: 'abs', type: 'symlink', linkname: '/usr/lib' },
  { name: 'dangling', type: 'symlink', linkname: '../../nowhere', uid: 7, gid: 8 },
  directory('opaque'),
  { name: 'opaque/below', content: 'below' },
  directory('opaque/deep'),
  { name: 'opaque/deep/below', content: 'below' },
  { name: 'becomes-directory', content: 'file' },
  directory('becomes-file'),
  { name: 'becomes-file/inside', content: 'inside' },
  { name: 'Ünïcödé-文', content: 'unicode' },
  { name: longName, content: 'long' },
  { name: 'null', type: 'character-device', devmajor: 1, devminor: 3, mode: 0o666 },
  { name: 'loop', type: 'block-device', devmajor: 7, devminor: 0, mode: 0o660 },
  { name: 'pipe', type: 'fifo', mode: 0o622 },
  { name: 'fraction', content: '', pax: { mtime: '1700000001.25', uid: '2097152' } },
];

const upper: Entry[] = [
  directory('etc', { mode: 0o711, uid: 3, gid: 4, mtime: new Date((seconds + 9) * 1000) }),
  { name: 'etc/.wh.hidden', content: '' },
  { name: 'lib/through-link', content: 'in usr/lib' },
  { name: 'abs/through-absolute', content: 'in usr/lib, too' },
  { name: 'bin/third', type: 'link', linkname: 'bin/tool' },
  directory('usr/lib', { mtime: new Date((seconds + 5) * 1000) }),
  directory('bin', { mtime: new Date((seconds + 6) * 1000) }),
  { name: 'opaque/new', content: 'new' },
  directory('opaque'),
  { name: 'opaque/.wh..wh..opq', content: '' },
  directory('becomes-directory', { mode: 0o700 }),
  { name: 'becomes-directory/inside', content: 'inside' },
  directory('becomes-directory', { mode: 0o700 }),
  { name: 'becomes-file', content: 'a file now' },
  directory('./', { mode: 0o711 }),
];

function file(content: string | Buffer, mode = '0644', owner = '0:0', mtime: number = seconds): string {
  const bytes = Buffer.from(content);
  return `file ${mode} ${owner} ${mtime} ${bytes.length} ${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`;
}

const tree = [
  `. directory 0711 0:0 ${seconds}`,
  `abs link 0:0 ${seconds} -> /usr/lib`,
  `becomes-directory directory 0700 0:0 ${seconds}`,
  `becomes-directory/inside ${file('inside')}`,
  `becomes-file ${file('a file now')}`,
  `bin directory 0755 0:0 ${seconds + 6}`,
  `bin/also ${file(big, '4755')}`,
  `bin/third ${file(big, '4755')}`,
  `bin/tool ${file(big, '4755')}`,
  `dangling link 7:8 ${seconds} -> ../../nowhere`,
  `etc directory 0711 3:4 ${seconds + 9}`,
  `etc/kept ${file('kept', '0640', '5:6')}`,
  `fraction ${file('', '0644', '2097152:0', seconds + 1.25)}`,
  `lib link 0:0 ${seconds} -> usr/lib`,
  `loop block 0660 0:0 ${seconds} ${7 * 256}`,
  `${longName} ${file('long')}`,
  `null character 0666 0:0 ${seconds} ${256 + 3}`,
  `opaque directory 0755 0:0 ${seconds}`,
  `opaque/new ${file('new')}`,
  `pipe fifo 0622 0:0 ${seconds}`,
  `usr directory 0755 0:0 ${seconds}`,
  `usr/lib directory 0755 0:0 ${seconds + 5}`,
  `usr/lib/through-absolute ${file('in usr/lib, too')}`,
  `usr/lib/through-link ${file('in usr/lib')}`,
  `Ünïcödé-文 ${file('unicode')}`,
].sort();

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sandkeep-layers-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it.runIf(isRoot).each(['vfs', 'overlay'] as const)(
  'gives the tree that the layers describe: %s',
  async (layerDriver) => {
    const layout = new OciLayout(join(root, 'layout'));
    const empty = { entries: [directory('./', { mode: 0o711 })], compression: 'none' } as const;
    await layout.add({ layers: [{ entries: base }, { entries: upper, compression: 'zstd' }, empty] });
    const options = {
      driver: memoryDriver(),
      graphRoot: join(root, 'graph'),
      runRoot: join(root, 'run'),
      layerDriver,
      create: true,
    };
    const storage = await StorageService.open(options);
    const { id: imageId, losses } = await storage.images.importOciLayout(layout.directory);
    expect(losses).toEqual({ owners: 0, devices: 0, modes: 0, attributes: 0 });
    await storage.createContainerStorage({ imageId, containerName: 'one' });
    const rootfs = await storage.startContainer('one');
    try {
      expect(listTree(rootfs).sort()).toEqual(tree);
      expect(statSync(join(rootfs, 'bin/third')).ino).toBe(statSync(join(rootfs, 'bin/tool')).ino);
    } finally {
      await storage.deleteContainer('one');
    }
  },
);
