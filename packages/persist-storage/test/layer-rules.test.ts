import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyLayer } from '../src/layers/apply-layer.js';
import { digestOf, type Entry, OciLayout, tarOf } from './support/oci-layout.js';

let root: string;
let tree: string;
let layout: OciLayout;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sandkeep-rules-'));
  layout = new OciLayout(join(root, 'layout'));
  tree = join(root, 'tree');
  mkdirSync(tree);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function apply(entries: readonly Entry[], onBytes?: () => void) {
  const archive = await tarOf(entries);
  const blob = { mediaType: 'tar', ...layout.blob(archive) };
  const source = { layout: layout.directory, blob, diffId: digestOf(archive), maxBytes: 1 << 30, onBytes };
  return await applyLayer(tree, source);
}

const directory = (name: string): Entry => ({ name, type: 'directory', mode: 0o755 });

it('makes no parents for a whiteout or an opaque marker', async () => {
  await apply([{ name: 'missing/.wh.x' }, { name: 'gone/deep/.wh..wh..opq' }, { name: '.wh.nothing' }]);
  expect(readdirSync(tree)).toEqual([]);
});

it('hides what lower layers put there, never what the layer itself has, in whatever order', async () => {
  await apply([{ name: 'a/lower' }, { name: 'b/lower' }, { name: 'c', content: 'lower' }, { name: 'd/lower' }]);
  await apply([
    { name: 'a/own' },
    { name: 'a/.wh..wh..opq' },
    { name: 'b/.wh..wh..opq' },
    { name: 'b/own' },
    { name: 'c', content: 'own' },
    { name: '.wh.c' },
    { name: '.wh.d', content: 'what a whiteout holds means nothing' },
    { name: 'd/own' },
  ]);
  expect(['a', 'b', 'd'].map((name) => readdirSync(join(tree, name)))).toEqual([['own'], ['own'], ['own']]);
  expect(readFileSync(join(tree, 'c'), 'utf8')).toBe('own');
});

it('hides by an opaque marker at the root all that lower layers put there', async () => {
  await apply([directory('a'), { name: 'a/b' }, { name: 'c' }]);
  await apply([{ name: '.wh..wh..opq' }, { name: 'd' }]);
  expect(readdirSync(tree)).toEqual(['d']);
});

it('gives parents that have no entry the mode 0755, whatever the umask', async () => {
  const umask = process.umask(0o077);
  try {
    await apply([{ name: 'implied/deep/file' }]);
  } finally {
    process.umask(umask);
  }
  for (const name of ['implied', 'implied/deep']) expect(lstatSync(join(tree, name)).mode & 0o777).toBe(0o755);
});

it('replaces links by directories and directories by links, and walks anew after that', async () => {
  await apply([directory('usr/lib'), { name: 'lib', type: 'symlink', linkname: 'usr/lib' }, { name: 'lib/one' }]);
  await apply([
    { name: 'lib/two' },
    directory('lib'),
    { name: 'lib/three' },
    directory('other'),
    { name: 'usr/lib', type: 'symlink', linkname: '../other' },
    { name: 'usr/lib/four' },
  ]);
  expect(readdirSync(join(tree, 'lib'))).toEqual(['three']);
  expect(readdirSync(join(tree, 'other'))).toEqual(['four']);
});

it('makes a hard link of a symbolic link, not of what it points to', async () => {
  await apply([
    { name: 'file', content: 'x' },
    { name: 'symbolic', type: 'symlink', linkname: 'file' },
    { name: 'hard', type: 'link', linkname: 'symbolic' },
  ]);
  expect(lstatSync(join(tree, 'hard')).isSymbolicLink()).toBe(true);
});

it('leaves out a device that overlayfs would take for a whiteout', async () => {
  const { losses } = await apply([{ name: 'zero', type: 'character-device', devmajor: 0, devminor: 0 }]);
  expect(existsSync(join(tree, 'zero'))).toBe(false);
  expect(losses.devices).toBe(1);
});

it('passes on what a listener throws', async () => {
  const onBytes = () => {
    throw new Error('of the listener');
  };
  await expect(apply([{ name: 'file' }], onBytes)).rejects.toThrow(/^of the listener$/);
});

describe('refuses, by its name,', () => {
  it.each<[string, string, Entry[]]>([
    ['a hard link to itself', 'x', [{ name: 'x' }, { name: 'x', type: 'link', linkname: 'x' }]],
    ['a hard link to what it would replace', 'd', [{ name: 'd/x' }, { name: 'd', type: 'link', linkname: 'd/x' }]],
    ['a hard link to nothing', 'x', [{ name: 'x', type: 'link', linkname: 'missing/file' }]],
    ['a hard link to a directory', 'x', [directory('d'), { name: 'x', type: 'link', linkname: 'd' }]],
    ['a sparse file', 'x', [{ name: 'x', content: 'map', pax: { 'GNU.sparse.major': '1' } }]],
  ])('%s', async (_, name, entries) => {
    await expect(apply(entries)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`entry "${name}" is refused`),
    });
    expect(existsSync(join(tree, 'missing'))).toBe(false);
  });
});
