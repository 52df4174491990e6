import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { memoryDriver } from '@sandkeep/persist-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageService } from '../src/index.js';
import { digestOf, type Entry, OciLayout, tarOf } from './support/oci-layout.js';

const isRoot = process.geteuid?.() === 0;
const layerDrivers = isRoot ? (['vfs', 'overlay'] as const) : (['vfs'] as const);

let root: string;
let outside: string;
let layout: OciLayout;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sandkeep-refused-'));
  outside = join(root, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'untouched');
  layout = new OciLayout(join(root, 'layout'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const good: Entry[] = [
  { name: 'etc', type: 'directory', mode: 0o755 },
  { name: 'etc/passwd', content: 'root' },
];

describe.each(layerDrivers)('with the layer driver %s', (layerDriver) => {
  async function open() {
    const options = {
      driver: memoryDriver(),
      graphRoot: join(root, 'graph'),
      runRoot: join(root, 'run'),
      layerDriver,
      create: true,
    };
    return StorageService.open(options);
  }

  /** Nothing outside was touched, nothing is left behind. */
  async function expectNothingLeft(storage: StorageService): Promise<void> {
    expect(readdirSync(outside)).toEqual(['secret']);
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('untouched');
    expect(readdirSync(root).sort()).toEqual(['graph', 'layout', 'outside']);
    expect(await storage.images.images()).toEqual([]);
    expect(readdirSync(join(root, 'graph', layerDriver))).toEqual([]);
    expect(readdirSync(join(root, 'graph', 'trash'))).toEqual([]);
    expect(await storage.check()).toEqual([]);
  }

  const malicious: [string, string, (outside: string) => Entry[]][] = [
    ['a name with ..', '../evil', () => [{ name: '../evil', content: 'x' }]],
    ['a name with .. further in', 'etc/../../evil', () => [{ name: 'etc/../../evil', content: 'x' }]],
    ['an absolute name', '/evil', () => [{ name: '/evil', content: 'x' }]],
    [
      'a file through a link to an absolute path outside',
      'way/evil',
      (to) => [
        { name: 'way', type: 'symlink', linkname: to },
        { name: 'way/evil', content: 'x' },
      ],
    ],
    [
      'a file through a link that climbs out',
      'way/evil',
      () => [
        { name: 'way', type: 'symlink', linkname: '../../../../../outside' },
        { name: 'way/evil', content: 'x' },
      ],
    ],
    [
      'a file through a chain of links',
      'two/evil',
      () => [
        { name: 'one', type: 'symlink', linkname: '..' },
        { name: 'two', type: 'symlink', linkname: 'one/outside' },
        { name: 'two/evil', content: 'x' },
      ],
    ],
    [
      'a circle of links',
      'round/evil',
      () => [
        { name: 'round', type: 'symlink', linkname: 'round' },
        { name: 'round/evil', content: 'x' },
      ],
    ],
    ['a hard link out, by ..', 'grab', () => [{ name: 'grab', type: 'link', linkname: '../outside/secret' }]],
    ['a hard link out, absolute', 'grab', (to) => [{ name: 'grab', type: 'link', linkname: `${to}/secret` }]],
    [
      'a hard link out, through a link',
      'grab',
      (to) => [
        { name: 'way', type: 'symlink', linkname: to },
        { name: 'grab', type: 'link', linkname: 'way/secret' },
      ],
    ],
    ['a whiteout out', '../.wh.outside', () => [{ name: '../.wh.outside', content: '' }]],
    ['a whiteout of ..', 'etc/.wh...', () => [{ name: 'etc/.wh...', content: '' }]],
    ['a file in a file', 'etc/passwd/evil', () => [{ name: 'etc/passwd/evil', content: 'x' }]],
    ['a root that is a file', './', () => [{ name: './', type: 'symlink', linkname: 'x' }]],
  ];

  it.each(malicious)('refuses %s by its name', async (_what, name, entries) => {
    await layout.add({ layers: [{ entries: good }, { entries: [...good, ...entries(outside)] }] });
    const storage = await open();
    const refused = storage.images.importOciLayout(layout.directory);
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(JSON.stringify(name)),
    });
    await expectNothingLeft(storage);
  });

  it('writes through a last link of the same name by replacing it', async () => {
    const entries: Entry[] = [
      { name: 'victim', type: 'symlink', linkname: join(outside, 'secret') },
      { name: 'victim', content: 'a file' },
    ];
    await layout.add({ layers: [{ entries }] });
    const storage = await open();
    const { id: imageId } = await storage.images.importOciLayout(layout.directory);
    await storage.createContainerStorage({ imageId, containerName: 'one' });
    const rootfs = await storage.startContainer('one');
    expect(readFileSync(join(rootfs, 'victim'), 'utf8')).toBe('a file');
    await storage.deleteContainer('one');
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('untouched');
  });

  it('refuses a blob with another digest, size or diff id, a cut one, and one that grows too large', async () => {
    const storage = await open();
    const archive = await tarOf(good);
    const zipped = gzipSync(archive);
    const config = (diffId: string) => {
      const rootfs = { type: 'layers', diff_ids: [diffId] };
      const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
      return layout.json({ os: 'linux', architecture, rootfs });
    };
    const layer = layout.blob(zipped);
    const importing = async (ref: string, blob: object, diffId: string, maxLayerBytes?: number) => {
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      const layers = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer, ...blob }];
      const manifest = layout.json({ schemaVersion: 2, config: { mediaType: 'c', ...config(diffId) }, layers });
      layout.index({ mediaType, ...manifest, annotations: { 'org.opencontainers.image.ref.name': ref } });
      return storage.images.importOciLayout(layout.directory, { ref, maxLayerBytes });
    };
    const diffId = digestOf(archive);
    const corrupt = { code: 'CORRUPT', message: expect.stringContaining(layer.digest) };
    await expect(importing('small', { size: 10 }, diffId)).rejects.toMatchObject(corrupt);
    await expect(importing('diff', {}, digestOf(Buffer.from('other')))).rejects.toMatchObject(corrupt);
    await expect(importing('large', {}, diffId, 1024)).rejects.toMatchObject({ code: 'TOO_LARGE' });
    const missing = digestOf(Buffer.from('missing'));
    await expect(importing('missing', { digest: missing }, diffId)).rejects.toMatchObject({ code: 'CORRUPT' });
    const damaged = Buffer.from(zipped);
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 20) ^ 1, damaged.length - 20);
    writeFileSync(layout.path(layer.digest), damaged);
    await expect(importing('damaged', {}, diffId)).rejects.toMatchObject({ code: 'CORRUPT' });
    truncateSync(layout.path(layer.digest), zipped.length - 30);
    await expect(importing('cut', { size: zipped.length - 30 }, diffId)).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(existsSync(join(root, 'graph', 'storage.json'))).toBe(true);
    await expectNothingLeft(storage);
  });

  it('refuses a gigabyte of zeros that is declared small', async () => {
    const member = gzipSync(Buffer.alloc(1 << 26));
    const zeros = Buffer.concat(Array.from({ length: 16 }, () => member));
    const bomb = layout.blob(zeros);
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const rootfs = { type: 'layers', diff_ids: [digestOf(Buffer.from(''))] };
    const config = { mediaType: 'c', ...layout.json({ os: 'linux', architecture, rootfs }) };
    const layers = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...bomb }];
    const manifest = layout.json({ schemaVersion: 2, config, layers });
    layout.index({ mediaType: 'application/vnd.oci.image.manifest.v1+json', ...manifest });
    const storage = await open();
    const refused = storage.images.importOciLayout(layout.directory, { maxLayerBytes: 1 << 20 });
    await expect(refused).rejects.toMatchObject({ code: 'TOO_LARGE', message: expect.stringContaining(bomb.digest) });
    await expectNothingLeft(storage);
  });
});
