import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStorage, memoryDriver, type PersistDriver } from '@sandkeep/persist-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StorageService } from '../src/index.js';
import { OciLayout } from './support/oci-layout.js';

let root: string;
let records: MemoryStorage;
let layout: OciLayout;
/** Uses the storage as another process does. */
let other: StorageService;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sandkeep-races-'));
  records = new MemoryStorage();
  layout = new OciLayout(join(root, 'layout'));
  await layout.add({ ref: 'app', layers: [{ entries: [{ name: 'a', content: 'a' }] }] });
  other = await open(memoryDriver({ storage: records }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open(driver: PersistDriver): Promise<StorageService> {
  const [graphRoot, runRoot] = [join(root, 'graph'), join(root, 'run')];
  return StorageService.open({ driver, graphRoot, runRoot, layerDriver: 'vfs', create: true });
}

/** A storage whose first write that fits comes after something else has happened. */
function interrupted(
  fits: (key: string, value: { phase?: string }) => boolean,
  happen: () => Promise<unknown>,
): Promise<StorageService> {
  const driver = memoryDriver({ storage: records });
  let waiting = true;
  const write: PersistDriver['write'] = async (key, data, options) => {
    if (waiting && fits(key, JSON.parse(Buffer.from(data).toString()))) {
      waiting = false;
      await happen();
    }
    return driver.write(key, data, options);
  };
  return open(
    new Proxy(driver, {
      get(target, name) {
        if (name === 'write') return write;
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
  );
}

it('deletes a container whose metadata is set meanwhile', async () => {
  await other.images.importOciLayout(layout.directory);
  await other.createContainerStorage({ imageName: 'app', containerName: 'web' });
  const metadata = await other.getContainerMetadata('web');
  const storage = await interrupted(
    (key, { phase }) => key.includes('/containers/') && phase === 'deleting',
    () => other.setContainerMetadata('web', { ...metadata, imageName: 'changed' }),
  );
  await storage.deleteContainer('web');
  expect(await other.containers()).toEqual([]);
});

it('counts every start, also of one who took the lock over', async () => {
  await other.images.importOciLayout(layout.directory);
  const { id } = await other.createContainerStorage({ imageName: 'app', containerName: 'web' });
  await other.startContainer('web');
  const rootId = JSON.parse(readFileSync(join(root, 'graph/storage.json'), 'utf8')).id;
  const key = `storage/${rootId}/mounts/${id}`;
  const driver = memoryDriver({ storage: records });
  const storage = await interrupted(
    (written) => written === key,
    async () => {
      const counted = JSON.parse(Buffer.from((await driver.read(key))?.data ?? []).toString());
      await driver.write(key, Buffer.from(JSON.stringify({ ...counted, count: counted.count + 1 })));
    },
  );
  await storage.startContainer('web');
  expect((await other.container('web')).mounts).toBe(3);
});

it('does not say that an image is removed when a container was made of it meanwhile', async () => {
  await other.images.importOciLayout(layout.directory);
  const storage = await interrupted(
    (key, { phase }) => key.includes('/images/') && phase === 'deleting',
    () => other.createContainerStorage({ imageName: 'app', containerName: 'web' }),
  );
  await expect(storage.images.removeImage('app')).rejects.toMatchObject({ code: 'INVALID_STATE' });
  expect(readFileSync(join(await other.startContainer('web'), 'a'), 'utf8')).toBe('a');
});

it('leaves a layer that its maker, thought dead, completes in the last moment', async () => {
  const driver = memoryDriver({ storage: records });
  await other.images.importOciLayout(layout.directory);
  const before = readdirSync(join(root, 'graph/vfs'));
  const { id } = await other.images.image('app');
  const [layer] = (await other.images.image('app')).layers;
  const rootId = JSON.parse(readFileSync(join(root, 'graph/storage.json'), 'utf8')).id;
  const key = `storage/${rootId}/layers/${layer}`;
  const complete = (await driver.read(key))?.data ?? new Uint8Array();
  await driver.write(key, Buffer.from(Buffer.from(complete).toString().replace('"complete"', '"incomplete"')));
  await driver.remove(`storage/${rootId}/images/${id}`);
  const storage = await interrupted(
    (written, { phase }) => written === key && phase === 'incomplete',
    () => driver.write(key, complete),
  );
  await storage.images.importOciLayout(layout.directory);
  expect(readdirSync(join(root, 'graph/vfs'))).toEqual(before);
  expect(await storage.check()).toEqual([]);
});

it('tells of an image what could not be kept of a layer that it shares', async () => {
  const entries = [{ name: 'a', content: 'x', pax: { 'SCHILY.xattr.user.a': 'b' } }];
  const first = await layout.add({ ref: 'first', layers: [{ entries }] });
  const second = await layout.add({ ref: 'second', layers: [{ entries }], config: { config: { Cmd: ['x'] } } });
  for (const ref of ['first', 'second']) await other.images.importOciLayout(layout.directory, { ref });
  expect((await other.images.image(first)).losses.attributes).toBe(1);
  expect((await other.images.image(second)).losses.attributes).toBe(1);
});

it('takes a name in its short form before the beginning of an id', async () => {
  await other.images.importOciLayout(layout.directory);
  const { id } = await other.images.image('app');
  const named = await layout.add({ ref: 'other', layers: [{ entries: [{ name: 'other' }] }] });
  const name = id.slice(0, 6);
  await other.images.importOciLayout(layout.directory, { ref: 'other', name });
  expect((await other.images.image(name)).id).toBe(named);
});

it('finds nothing inconsistent in what others are just making and removing', async () => {
  await other.images.importOciLayout(layout.directory, { ref: 'app' });
  let busy = true;
  const lives = ['one', 'two', 'three'].map(async (containerName) => {
    for (let life = 0; life < 8; life++) {
      await other.createContainerStorage({ imageName: 'app', containerName });
      await other.startContainer(containerName);
      await other.deleteContainer(containerName);
    }
  });
  const checks = (async () => {
    const problems = [];
    while (busy) problems.push(...(await other.check()).filter(({ what }) => what !== 'a removal was cut short'));
    return problems;
  })();
  await Promise.all(lives);
  busy = false;
  expect(await checks).toEqual([]);
});
