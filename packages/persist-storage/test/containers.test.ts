import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryDriver } from '@sandkeep/persist-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { normalizeImageName, StorageService } from '../src/index.js';
import { named, OciLayout } from './support/oci-layout.js';

const layerDriver = 'vfs';
let root: string;
let layout: OciLayout;
let storage: StorageService;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sandkeep-containers-'));
  layout = new OciLayout(join(root, 'layout'));
  const driver = memoryDriver();
  const options = {
    driver,
    graphRoot: join(root, 'graph'),
    runRoot: join(root, 'run'),
    layerDriver,
    create: true,
  } as const;
  storage = await StorageService.open(options);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const empty = { code: 'INVALID_ARGUMENT', message: 'name or ID cannot be empty' };
const unknown = { code: 'NOT_FOUND', message: expect.stringMatching(/^no such container/) };
const oneFile = (content: string) => ({ entries: [{ name: 'file', content }] });

async function importBoth(): Promise<{ busybox: string; app: string }> {
  const busybox = await layout.add({ ref: 'busybox', layers: [oneFile('b')], config: { config: { Cmd: ['sh'] } } });
  const app = await layout.add({ ref: 'quay.io/team/app:2', layers: [oneFile('a')] });
  await storage.images.importOciLayout(layout.directory, { ref: 'busybox' });
  await storage.images.importOciLayout(layout.directory, { ref: 'quay.io/team/app:2' });
  return { busybox, app };
}

it('refuses to create a container without an image or a name', async () => {
  await importBoth();
  await expect(storage.createContainerStorage({ containerName: 'web' })).rejects.toMatchObject(empty);
  await expect(storage.createContainerStorage({ imageName: 'busybox', containerName: '' })).rejects.toMatchObject(
    empty,
  );
  await expect(storage.startContainer('')).rejects.toMatchObject(empty);
  expect(await storage.containers()).toEqual([]);
});

it('creates by name, by id, by the beginning of an id; a name and an id that differ are an error', async () => {
  const { busybox, app } = await importBoth();
  const byName = await storage.createContainerStorage({ imageName: 'busybox', containerName: 'one' });
  expect(byName.id).toMatch(/^[0-9a-f]{64}$/);
  expect(byName.config).toMatchObject({ config: { Cmd: ['sh'] } });
  const byId = await storage.createContainerStorage({ imageId: app, containerName: 'two', containerId: 'given' });
  expect(byId.id).toBe('given');
  await storage.createContainerStorage({ imageId: app.slice(0, 10), containerName: 'three' });
  await storage.createContainerStorage({ imageName: 'busybox', imageId: busybox, containerName: 'four' });
  const mismatch = { imageName: 'busybox', imageId: app, containerName: 'five' };
  await expect(storage.createContainerStorage(mismatch)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const missing = { imageName: 'nothing', containerName: 'five' };
  await expect(storage.createContainerStorage(missing)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const images = (await storage.containers()).map(({ name, imageId }) => [name, imageId === app ? 'app' : 'busybox']);
  expect(Object.fromEntries(images)).toEqual({ one: 'busybox', two: 'app', three: 'app', four: 'busybox' });
});

it('refuses a name, or an id, that is taken, and leaves nothing of the attempt', async () => {
  await importBoth();
  await storage.createContainerStorage({ imageName: 'busybox', containerName: 'web', containerId: 'first' });
  const sameName = { imageName: 'busybox', containerName: 'web', containerId: 'second' };
  await expect(storage.createContainerStorage(sameName)).rejects.toMatchObject({ code: 'CONFLICT' });
  const sameId = { imageName: 'busybox', containerName: 'other', containerId: 'first' };
  await expect(storage.createContainerStorage(sameId)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await storage.check()).toEqual([]);
  expect((await storage.containers()).map(({ name }) => name)).toEqual(['web']);
});

it('takes down a container whose creation fails, and reports the first error', async () => {
  await importBoth();
  const work = join(root, 'graph/vfs-containers');
  writeFileSync(work, 'no directory');
  const failing = storage.createContainerStorage({ imageName: 'busybox', containerName: 'web' });
  await expect(failing).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: { code: 'ENOTDIR' } });
  rmSync(work);
  await storage.repair();
  expect(await storage.check()).toEqual([]);
  await storage.createContainerStorage({ imageName: 'busybox', containerName: 'web' });
});

it('keeps metadata as it was set', async () => {
  const { busybox: imageId } = await importBoth();
  const mountLabel = 'system_u:object_r:container_file_t:s0';
  await storage.createContainerStorage({ imageName: 'busybox', containerName: 'web', mountLabel });
  const metadata = await storage.getContainerMetadata('web');
  const createdAt = expect.any(Number);
  expect(metadata).toEqual({ imageName: 'busybox', imageId, name: 'web', createdAt, mountLabel });
  metadata.mountLabel = undefined;
  expect((await storage.getContainerMetadata('web')).mountLabel, 'a change of the copy is no change').toBe(mountLabel);
  await storage.setContainerMetadata('web', metadata);
  expect(await storage.getContainerMetadata('web')).toEqual({ imageName: 'busybox', imageId, name: 'web', createdAt });
  const bad = { ...metadata, createdAt: 1.5 };
  const label = { ...metadata, mountLabel: 'a",upperdir=/etc,x="' };
  await expect(storage.setContainerMetadata('web', label)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('mountlabel "a\\",upperdir'),
  });
  await expect(storage.setContainerMetadata('web', bad)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

it('finds a container by its id, its name and the only id that begins so', async () => {
  await importBoth();
  for (const id of ['abc1', 'abc2', 'abcd']) {
    await storage.createContainerStorage({ imageName: 'busybox', containerName: `name-${id}`, containerId: id });
  }
  await storage.createContainerStorage({ imageName: 'busybox', containerName: 'abc1x', containerId: 'z' });
  expect((await storage.container('abc1')).name).toBe('name-abc1');
  expect((await storage.container('name-abc2')).id).toBe('abc2');
  expect((await storage.container('abcd')).id).toBe('abcd');
  expect((await storage.container('abc1x')).id).toBe('z');
  for (const ambiguous of ['abc', 'a', 'nothing', '../x', 'x y']) {
    await expect(storage.container(ambiguous)).rejects.toMatchObject(unknown);
  }
});

it('calls what is unknown so in every method', async () => {
  const metadata = { imageName: '', imageId: 'x', name: 'x', createdAt: 1 };
  await expect(storage.deleteContainer('x')).rejects.toMatchObject(unknown);
  await expect(storage.setContainerMetadata('x', metadata)).rejects.toMatchObject(unknown);
  await expect(storage.getContainerMetadata('x')).rejects.toMatchObject(unknown);
  await expect(storage.startContainer('x')).rejects.toMatchObject(unknown);
  await expect(storage.stopContainer('x')).rejects.toMatchObject(unknown);
  await expect(storage.getWorkDir('x')).rejects.toMatchObject(unknown);
  await expect(storage.getRunDir('x')).rejects.toMatchObject(unknown);
});

it('makes work and run directories again when they are missing, and removes them with the container', async () => {
  await importBoth();
  const { id, dir, runDir } = await storage.createContainerStorage({ imageName: 'busybox', containerName: 'web' });
  expect(dir).toBe(join(root, 'graph/vfs-containers', id, 'userdata'));
  expect(runDir).toBe(join(root, 'run/vfs-containers', id, 'userdata'));
  rmSync(join(root, 'run'), { recursive: true });
  expect(await storage.getRunDir('web')).toBe(runDir);
  expect(await storage.getWorkDir('web')).toBe(dir);
  expect(statSync(runDir).mode & 0o777).toBe(0o700);
  await storage.deleteContainer('web');
  expect(existsSync(join(dir, '..')) || existsSync(join(runDir, '..'))).toBe(false);
});

it('selects an image by its ref and platform, also in nested indexes, and asks where there are several', async () => {
  const there = await layout.manifest({ layers: [oneFile('here')] });
  const platform = { os: 'linux', architecture: 's390x' };
  const other = await layout.manifest({ layers: [oneFile('there')], platform });
  const inner = layout.json({ schemaVersion: 2, manifests: [{ ...other.manifest, platform }, there.manifest] });
  const index = 'application/vnd.oci.image.index.v1+json';
  const nested = layout.json({ schemaVersion: 2, manifests: [{ mediaType: index, ...inner }] });
  layout.index({ mediaType: index, ...nested, ...named('multi:1') });
  await layout.add({ ref: 'single', layers: [oneFile('single')] });
  const { images } = storage;
  const several = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('multi:1, single') };
  await expect(images.importOciLayout(layout.directory)).rejects.toMatchObject(several);
  expect((await images.importOciLayout(layout.directory, { ref: 'multi:1' })).id).toBe(there.id);
  const elsewhere = { ref: 'multi:1', platform: 'linux/s390x', name: 'elsewhere' };
  expect((await images.importOciLayout(layout.directory, elsewhere)).id).toBe(other.id);
  const none = { ref: 'multi:1', platform: 'plan9/mips' };
  await expect(images.importOciLayout(layout.directory, none)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(images.importOciLayout(layout.directory, { ref: 'no' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const bad = { ref: 'single', platform: 'linux' };
  await expect(images.importOciLayout(layout.directory, bad)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const names = (await images.images()).flatMap((image) => image.names).sort();
  expect(names).toEqual(['docker.io/library/elsewhere:latest', 'docker.io/library/multi:1']);
});

it('moves a name to the image that was imported last, and tells how far an import is', async () => {
  const first = await layout.add({ ref: 'one', layers: [oneFile('1')] });
  const second = await layout.add({ ref: 'two', layers: [oneFile('2'), oneFile('3')] });
  const progress: number[] = [];
  const name = 'app';
  await storage.images.importOciLayout(layout.directory, { ref: 'one', name });
  const options = {
    ref: 'two',
    name,
    onProgress: (at: { bytes: number; totalBytes: number }) => progress.push(at.bytes / at.totalBytes),
  };
  await storage.images.importOciLayout(layout.directory, options);
  expect((await storage.images.image('app')).id).toBe(second);
  expect((await storage.images.image(first)).names).toEqual([]);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(1);
});

it('leaves nothing of an import that is aborted', async () => {
  await layout.add({ layers: [oneFile('1'), oneFile('2')] });
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error('enough'));
  const importing = storage.images.importOciLayout(layout.directory, { signal: controller.signal, onProgress });
  await expect(importing).rejects.toThrow('enough');
  expect(await storage.check()).toEqual([]);
  expect(await storage.images.images()).toEqual([]);
});

it.each([
  ['busybox', 'docker.io/library/busybox:latest'],
  ['team/app', 'docker.io/team/app:latest'],
  ['quay.io/team/app', 'quay.io/team/app:latest'],
  ['localhost/app:1', 'localhost/app:1'],
  ['localhost:5000/app', 'localhost:5000/app:latest'],
  ['docker.io/busybox:1', 'docker.io/library/busybox:1'],
  [`app@sha256:${'0'.repeat(64)}`, `docker.io/library/app@sha256:${'0'.repeat(64)}`],
])('an image called %s is %s', (short, full) => {
  expect(normalizeImageName(short)).toBe(full);
});

it.each(['', 'Upper', 'a//b', 'a:', 'a b', '../a', ':1', `a@sha256:00`])('%j is no name of an image', (name) => {
  expect(() => normalizeImageName(name)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
