import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStorage, memoryDriver } from '@sandkeep/persist-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StorageService } from '../src/index.js';
import { OciLayout } from './support/oci-layout.js';

const isRoot = process.geteuid?.() === 0;
const layerDriver = isRoot ? 'overlay' : 'vfs';

let root: string;
let storage: StorageService;
const records = new MemoryStorage();
const driver = memoryDriver({ storage: records });
const keyed = (kind: string, id: string) => `storage/${rootId()}/${kind}/${id}`;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sandkeep-upkeep-'));
  const layout = new OciLayout(join(root, 'layout'));
  await layout.add({ ref: 'app', layers: [{ entries: [{ name: 'a', content: 'a' }] }, { entries: [{ name: 'b' }] }] });
  storage = await open();
  await storage.images.importOciLayout(layout.directory);
  await storage.createContainerStorage({ imageName: 'app', containerName: 'web', containerId: 'web-1' });
});
afterEach(async () => {
  for (const { id } of await storage.containers()) await storage.deleteContainer(id).catch(() => {});
  rmSync(root, { recursive: true, force: true });
});

function open(): Promise<StorageService> {
  const [graphRoot, runRoot] = [join(root, 'graph'), join(root, 'run')];
  return StorageService.open({ driver, graphRoot, runRoot, layerDriver, create: true });
}

function rootId(): string {
  return JSON.parse(execFileSync('cat', [join(root, 'graph/storage.json')], { encoding: 'utf8' })).id;
}

async function change(key: string, change: (value: Record<string, unknown>) => void): Promise<void> {
  const document = await driver.read(key);
  const value = JSON.parse(Buffer.from(document?.data ?? []).toString());
  change(value);
  await driver.write(key, Buffer.from(JSON.stringify(value)));
}

async function expectMended(kind: string, what: RegExp): Promise<void> {
  const found = await storage.check();
  expect(found).toContainEqual(expect.objectContaining({ kind, what: expect.stringMatching(what), mendable: true }));
  expect(await storage.check(), 'a check changes nothing').toEqual(found);
  const repaired = await storage.repair();
  expect(repaired.every(({ mended }) => mended)).toBe(true);
  expect(await storage.check()).toEqual([]);
}

it('finds nothing in a storage that is as it should be', async () => {
  await storage.startContainer('web');
  expect(await storage.check()).toEqual([]);
  expect(await storage.repair()).toEqual([]);
});

it.each(['incomplete', 'deleting'])('takes down a container that is %s', async (phase) => {
  await storage.startContainer('web');
  await change(keyed('containers', 'web-1'), (record) => Object.assign(record, { phase }));
  await expect(storage.getWorkDir('web')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expectMended('container', /web is half/);
  expect(await storage.containers()).toEqual([]);
  expect(readdirSync(join(root, 'graph', layerDriver))).toHaveLength(2);
  await storage.createContainerStorage({ imageName: 'app', containerName: 'web' });
});

it('frees the name and the id of a container that a crash left half made', async () => {
  await change(keyed('containers', 'web-1'), (record) => Object.assign(record, { phase: 'incomplete' }));
  await storage.createContainerStorage({ imageName: 'app', containerName: 'web', containerId: 'web-2' });
  await change(keyed('containers', 'web-2'), (record) => Object.assign(record, { phase: 'incomplete' }));
  await storage.createContainerStorage({ imageName: 'app', containerName: 'other', containerId: 'web-2' });
  expect((await storage.containers()).map(({ name }) => name)).toEqual(['other']);
  expect(await storage.check()).toEqual([]);
});

it.runIf(isRoot)('corrects a count that the kernel does not confirm, either way', async () => {
  const mountPoint = await storage.startContainer('web');
  await storage.startContainer('web');
  execFileSync('umount', [mountPoint]);
  expect((await storage.container('web')).mounts).toBe(0);
  await expectMended('mount', /counted as mounted 2 times, but is not/);
  await storage.startContainer('web');
  await driver.remove(keyed('mounts', 'web-1'));
  await expectMended('mount', /is mounted, but counted as not mounted/);
  expect(execFileSync('cat', ['/proc/self/mountinfo'], { encoding: 'utf8' })).not.toContain(mountPoint);
});

it.runIf(isRoot)('takes over a mount that was not counted, and forgets a count of an earlier boot', async () => {
  const mountPoint = await storage.startContainer('web');
  await driver.remove(keyed('mounts', 'web-1'));
  expect(await storage.startContainer('web')).toBe(mountPoint);
  expect(await storage.stopContainer('web')).toBe(0);
  await storage.startContainer('web');
  execFileSync('umount', [mountPoint]);
  await change(keyed('mounts', 'web-1'), (record) => Object.assign(record, { count: 7, bootId: 'earlier' }));
  await storage.startContainer('web');
  expect((await storage.container('web')).mounts).toBe(1);
});

it('takes down a half imported image, but not the layers that another one has', async () => {
  const layout = new OciLayout(join(root, 'second'));
  const lowest = { entries: [{ name: 'a', content: 'a' }] };
  const id = await layout.add({ ref: 'second', layers: [lowest, { entries: [{ name: 'c' }] }] });
  await storage.images.importOciLayout(layout.directory);
  expect(readdirSync(join(root, 'graph', layerDriver))).toHaveLength(4);
  await change(keyed('images', id), (record) => Object.assign(record, { phase: 'incomplete' }));
  await expectMended('image', /half imported/);
  expect(readdirSync(join(root, 'graph', layerDriver))).toHaveLength(3);
  await storage.startContainer('web');
});

it('removes directories, names and layers that belong to nothing, and what is in the trash', async () => {
  const graph = join(root, 'graph');
  mkdirSync(join(graph, layerDriver, 'orphan/inside'), { recursive: true });
  mkdirSync(join(graph, 'trash/cut'), { recursive: true });
  mkdirSync(join(graph, `${layerDriver}-containers/gone/userdata`), { recursive: true });
  mkdirSync(join(root, 'run', `${layerDriver}-containers/gone/userdata`), { recursive: true });
  writeFileSync(join(graph, `${layerDriver}-containers/gone/userdata/file`), 'x');
  const before = await storage.check();
  expect(before.map(({ what }) => what).sort()).toEqual([
    'a removal was cut short',
    'no container has this directory',
    'no layer has this directory',
  ]);
  await expectMended('directory', /no layer/);
  expect(existsSync(join(graph, layerDriver, 'orphan'))).toBe(false);
  expect(existsSync(join(root, 'run', `${layerDriver}-containers/gone`))).toBe(false);
  await storage.startContainer('web');
  await storage.stopContainer('web');
  await driver.remove(keyed('containers', 'web-1'));
  await expectMended('name', /web-1 of this name is gone/);
  expect(readdirSync(join(graph, layerDriver))).toHaveLength(2);
});

it('tells what a repair cannot mend, and leaves it', async () => {
  const [image] = await storage.images.images();
  const top = await driver.read(keyed('layers', image?.layers.at(-1) ?? ''));
  const { directory } = JSON.parse(Buffer.from(top?.data ?? []).toString());
  rmSync(join(root, 'graph', layerDriver, directory), { recursive: true });
  const found = await storage.repair();
  expect(found).toEqual([expect.objectContaining({ kind: 'image', mendable: false, mended: false })]);
  expect(await storage.images.images()).toHaveLength(1);
});

it('goes on past a record that is damaged', async () => {
  await driver.write(keyed('containers', 'damaged'), Buffer.from('{"format":1'));
  mkdirSync(join(root, 'graph/trash/cut'), { recursive: true });
  const found = await storage.repair();
  expect(found).toContainEqual(expect.objectContaining({ kind: 'container', id: 'damaged', mended: false }));
  expect(existsSync(join(root, 'graph/trash/cut'))).toBe(false);
  await storage.startContainer('web');
  await driver.remove(keyed('containers', 'damaged'));
});

/** What a check says to remove, of the one record that cannot be read. */
async function advisedRemoval(kind: string): Promise<string> {
  const damaged = (await storage.repair()).filter(({ what }) => what.includes('cannot be read'));
  expect(damaged).toEqual([expect.objectContaining({ kind, mendable: false, mended: false })]);
  return /"sandkeep rm --key (\S+)"/.exec(damaged[0]?.what ?? '')?.[1] ?? '';
}

it('what it advises for a damaged image record is right', async () => {
  const [image] = await storage.images.images();
  await driver.write(keyed('images', image?.id ?? ''), Buffer.from('{'));
  await driver.remove(await advisedRemoval('image'));
  await storage.images.importOciLayout(join(root, 'layout'));
  expect((await storage.repair()).every(({ mended }) => mended)).toBe(true);
  expect(await storage.check()).toEqual([]);
  expect((await storage.images.images()).map(({ id }) => id)).toEqual([image?.id]);
  await storage.startContainer('web');
});

it.each(['containers', 'layers'])(
  'keeps all files while a record of %s is damaged, and says that they go with it',
  async (kind) => {
    const id = kind === 'containers' ? 'web-1' : String((await storage.images.images())[0]?.layers[0]);
    await driver.write(keyed(kind, id), Buffer.from('{'));
    const files = readdirSync(join(root, 'graph', layerDriver));
    const key = await advisedRemoval(kind.slice(0, -1));
    expect(key).toBe(keyed(kind, id));
    expect(readdirSync(join(root, 'graph', layerDriver))).toEqual(files);
    await driver.remove(key);
    await storage.repair();
    expect(readdirSync(join(root, 'graph', layerDriver)).length).toBeLessThan(files.length);
  },
);

it('refuses a root with the records of another driver, another host, or another purpose', async () => {
  const [graphRoot, runRoot] = [join(root, 'graph'), join(root, 'run')];
  const state = { code: 'INVALID_STATE' };
  await expect(StorageService.open({ driver: memoryDriver(), graphRoot, runRoot })).rejects.toMatchObject(state);
  await change(`storage/roots/${rootId()}`, (record) => Object.assign(record, { host: 'another' }));
  await expect(StorageService.open({ driver, graphRoot, runRoot })).rejects.toMatchObject({
    ...state,
    message: expect.stringContaining('belongs to the host another'),
  });
  const missing = { driver, graphRoot: join(root, 'missing'), runRoot };
  await expect(StorageService.open(missing)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  mkdirSync(join(root, 'empty'));
  const empty = { driver, graphRoot: join(root, 'empty'), runRoot };
  await expect(StorageService.open(empty)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const file = { driver, graphRoot: join(root, 'layout/index.json'), runRoot, create: true };
  await expect(StorageService.open(file)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const foreign = { driver, graphRoot: join(root, 'layout'), runRoot };
  await expect(StorageService.open(foreign)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const bad = { driver, graphRoot, runRoot, layerDriver: 'aufs' as 'vfs' };
  await expect(StorageService.open(bad)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

it('remembers where its run directories are', async () => {
  const elsewhere = { driver, graphRoot: join(root, 'graph'), runRoot: join(root, 'elsewhere') };
  await expect(StorageService.open(elsewhere)).rejects.toMatchObject({ code: 'INVALID_STATE' });
  const again = await StorageService.open({ driver, graphRoot: join(root, 'graph') });
  expect(await again.getRunDir('web')).toBe(join(root, 'run', `${layerDriver}-containers/web-1/userdata`));
});
