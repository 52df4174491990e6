import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryDriver } from '@sandkeep/persist-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageService } from '../src/index.js';
import { OverlayDriver } from '../src/layers/overlay-driver.js';
import { OciLayout } from './support/oci-layout.js';

const isRoot = process.geteuid?.() === 0;
let root: string;
let layout: OciLayout;
let storage: StorageService | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sandkeep-mounts-'));
  layout = new OciLayout(join(root, 'layout'));
});
afterEach(async () => {
  for (const { id } of (await storage?.containers()) ?? []) await storage?.deleteContainer(id);
  rmSync(root, { recursive: true, force: true });
});

async function started(layers: number, graphRoot = join(root, 'graph')): Promise<string> {
  const driver = memoryDriver();
  storage = await StorageService.open({
    driver,
    graphRoot,
    runRoot: join(root, 'run'),
    layerDriver: 'overlay',
    create: true,
  });
  const specs = Array.from({ length: layers }, (_, n) => ({ entries: [{ name: `${n}`, content: `${n}` }] }));
  await layout.add({ ref: 'app', layers: specs });
  await storage.images.importOciLayout(layout.directory);
  await storage.createContainerStorage({ imageName: 'app', containerName: 'web' });
  return storage.startContainer('web');
}

function isFull(write: () => void): boolean {
  try {
    write();
    return false;
  } catch {
    return true;
  }
}

function mountsAt(path: string): number {
  const table = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return table.filter((line) => line.split(' ')[4] === path).length;
}

describe.runIf(isRoot)('with overlayfs', () => {
  it('refuses to unmount what a process works in, and changes nothing', async () => {
    const rootfs = await started(1);
    const worker = spawn('sleep', ['600'], { cwd: rootfs });
    await once(worker, 'spawn');
    const busy = { code: 'INVALID_STATE', message: expect.stringContaining('in use') };
    await expect(storage?.stopContainer('web')).rejects.toMatchObject(busy);
    await expect(storage?.deleteContainer('web')).rejects.toMatchObject(busy);
    expect((await storage?.container('web'))?.mounts).toBe(1);
    expect(readFileSync(join(rootfs, '0'), 'utf8')).toBe('0');
    expect(await storage?.check()).toEqual([]);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(await storage?.stopContainer('web')).toBe(0);
  });

  it('says what a full disk is, leaves nothing of the attempt, and goes on once there is room', async () => {
    const graphRoot = join(root, 'small');
    mkdirSync(graphRoot);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=60', 'tmpfs', graphRoot]);
    try {
      await started(1, graphRoot);
      mkdirSync(join(graphRoot, 'filler'));
      let filled = 0;
      while (!isFull(() => writeFileSync(join(graphRoot, 'filler', `${filled}`), ''))) filled += 1;
      const create = () => storage?.createContainerStorage({ imageName: 'app', containerName: 'next' });
      const full = { code: 'UNAVAILABLE', message: expect.stringContaining('ENOSPC: no space left on device') };
      for (let left = 0; left < 4; left += 1) {
        await expect(create(), `${left} inodes left`).rejects.toMatchObject(full);
        expect(await storage?.check()).toEqual([]);
        rmSync(join(graphRoot, 'filler', `${left}`));
      }
      rmSync(join(graphRoot, 'filler'), { recursive: true });
      await create();
      expect(await storage?.startContainer('next')).toMatch(/^\//);
      for (const name of ['web', 'next']) await storage?.stopContainer(name);
      for (const name of ['web', 'next']) await storage?.deleteContainer(name);
    } finally {
      execFileSync('umount', ['-l', graphRoot]);
    }
  });

  it('mounts once below a root that is given through a link', async () => {
    mkdirSync(join(root, 'real'));
    symlinkSync('real', join(root, 'link'));
    const rootfs = await started(1, join(root, 'link/graph'));
    expect(await storage?.startContainer('web')).toBe(rootfs);
    expect((await storage?.container('web'))?.mounts).toBe(2);
    expect(mountsAt(rootfs)).toBe(1);
    await storage?.deleteContainer('web');
    expect(mountsAt(rootfs)).toBe(0);
  });

  it('mounts an image without layers', async () => {
    const rootfs = await started(0);
    writeFileSync(join(rootfs, 'new'), 'x');
    await storage?.stopContainer('web');
    expect(readFileSync(join((await storage?.startContainer('web')) ?? '', 'new'), 'utf8')).toBe('x');
  });

  it('mounts 130 layers', async () => {
    const directories = Array.from({ length: 130 }, (_, n) => `${n}`.padStart(16, '0'));
    const driver = new OverlayDriver(join(root, 'overlay'), join(root, 'trash'));
    const below: string[] = [];
    for (const directory of directories) {
      await driver.create(directory, below);
      writeFileSync(join(root, 'overlay', directory, 'diff', directory), directory);
      below.unshift(directory);
    }
    await driver.create('top', below);
    await driver.withTree('top', below, async (tree) => {
      for (const directory of directories) expect(readFileSync(join(tree, directory), 'utf8')).toBe(directory);
    });
  });

  it('refuses more layers than the options of a mount can name', async () => {
    const driver = new OverlayDriver(join(root, 'overlay'), join(root, 'trash'));
    await driver.create('top', []);
    const below = Array.from({ length: 300 }, (_, n) => `${n}`.padStart(16, '0'));
    await expect(driver.mount('top', below, '')).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('300 layers'),
    });
  });

  it('works below a path with a comma, a colon and a blank', async () => {
    const rootfs = await started(2, join(root, 'a, b:c'));
    expect(readFileSync(join(rootfs, '1'), 'utf8')).toBe('1');
  });

  it('leaves one mount when two mount in the same moment', async () => {
    const driver = new OverlayDriver(join(root, 'overlay'), join(root, 'trash'));
    await driver.create('lower', []);
    await driver.create('upper', ['lower']);
    await driver.mount('upper', ['lower'], '');
    await driver.mount('upper', ['lower'], '');
    expect(mountsAt(driver.mountPoint('upper'))).toBe(1);
    await driver.unmount('upper');
  });
});
