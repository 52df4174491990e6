import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryDriver } from '@sandkeep/persist-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageService } from '../src/index.js';
import { OciLayout } from './support/oci-layout.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sandkeep-storage-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const layerDrivers = ['vfs', 'overlay'] as const;

describe.each(layerDrivers)('a storage with the layer driver %s', (layerDriver) => {
  async function open() {
    const driver = memoryDriver();
    const options = {
      driver,
      graphRoot: join(directory, 'graph'),
      runRoot: join(directory, 'run'),
      layerDriver,
      create: true,
    };
    return StorageService.open(options);
  }

  it('brings a container up from an image and takes it down again', async () => {
    const layout = new OciLayout(join(directory, 'layout'));
    const id = await layout.add({
      ref: 'busybox',
      layers: [
        {
          entries: [
            { name: 'etc', type: 'directory', mode: 0o755 },
            { name: 'etc/a', content: 'a' },
            { name: 'etc/b', content: 'b' },
          ],
        },
        {
          entries: [
            { name: 'etc/.wh.a', content: '' },
            { name: 'etc/c', content: 'cc' },
          ],
          compression: 'zstd',
        },
      ],
    });
    const storage = await open();
    const image = await storage.images.importOciLayout(layout.directory);
    expect(image).toMatchObject({ id, names: ['docker.io/library/busybox:latest'] });
    const info = await storage.createContainerStorage({ imageName: 'busybox', containerName: 'web' });
    expect(statSync(info.dir).mode & 0o777).toBe(0o700);
    const rootfs = await storage.startContainer('web');
    expect(existsSync(join(rootfs, 'etc/a'))).toBe(false);
    expect(readFileSync(join(rootfs, 'etc/b'), 'utf8') + readFileSync(join(rootfs, 'etc/c'), 'utf8')).toBe('bcc');
    expect(await storage.startContainer(info.id.slice(0, 12))).toBe(rootfs);
    expect(await storage.stopContainer('web')).toBe(1);
    expect(await storage.stopContainer('web')).toBe(0);
    expect(await storage.stopContainer('web')).toBe(0);
    await expect(storage.images.removeImage('busybox')).rejects.toMatchObject({ code: 'INVALID_STATE' });
    await storage.startContainer('web');
    await storage.deleteContainer('web');
    await storage.images.removeImage('busybox');
    expect(await storage.check()).toEqual([]);
    expect(await storage.images.images()).toEqual([]);
  });
});
